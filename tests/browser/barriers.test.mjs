// No screen has barriers for people with disabilities, in either theme.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { part, proof } from './harness/evidence.mjs';
import { hasNoBarriers } from './harness/look.mjs';
import { walk } from './harness/screens.mjs';
import { startServer } from './harness/server.mjs';

let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

for (const look of [{ size: 'desk', theme: 'dark', lang: 'en' }, { size: 'phone', theme: 'light', lang: 'ja' }, { size: 'desk', theme: 'light', lang: 'en' }, { size: 'phone', theme: 'dark', lang: 'ja' }]) {
  proof(`no screen has barriers: ${Object.values(look).join(', ')}`, async (t) => {
    // With all there is to see.
    const server = await startServer({ env: { TSUKIYO_QUALITY_REPORTS: '1' } });
    let seen = 0;
    try {
      await walk(browser, server, look, (name, page) => {
        seen += 1;
        return part(t, name, () => hasNoBarriers(page));
      });
    } finally {
      await server.stop();
    }
    assert.ok(seen >= 35, `${seen} screens were looked at`);
  });
}
