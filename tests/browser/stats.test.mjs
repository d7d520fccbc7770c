// The sheet with the figures of the connections.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('the sheet has the figures of every connection, and they can be copied', async () => {
  await browser.empty();
  const options = { permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'] };
  const luna = await enter(browser, server, { room: 'figures', name: 'Luna', options });
  for (const name of ['Kaguya', 'Midori']) await enter(browser, server, { room: 'figures', name });
  await luna.seesAndHears('Kaguya');
  await luna.seesAndHears('Midori');
  await luna.page.getByRole('button', { name: 'More', exact: true }).click();
  await luna.page.getByRole('button', { name: 'Connections in figures' }).click();
  const sheet = luna.page.getByRole('dialog', { name: 'Connections in figures' });
  for (const name of ['Kaguya', 'Midori']) {
    const part = sheet.locator('section').filter({ has: luna.page.getByRole('heading', { name: new RegExp(`^${name}`) }) });
    await until(`the figures of ${name} are there`, async () => {
      const facts = await part.locator('dl').innerText();
      const rows = await part.locator('tbody tr').allInnerTexts();
      const has = (text, pattern) => {
        if (!pattern.test(text)) throw new Error(`${pattern} is not in ${text}`);
      };
      has(facts, /There and back\s+\d+ ms/);
      has(facts, /Way\s+(host|prflx) udp – (host|prflx) udp/);
      const row = (start) => rows.find((row) => row.startsWith(start)) ?? '';
      // Sound and pictures, in both directions, with what the browser counts of them.
      for (const arrow of ['↓', '↑']) {
        has(row(`${arrow} Microphone`), /[1-9]\d* kbit\/s[^]*opus/i);
        has(row(`${arrow} Camera`), /[1-9]\d* kbit\/s[^]*\d+×\d+ \d+\/s[^]*(VP8|VP9|H264|AV1)/i);
      }
      has(row('↓ Microphone'), /\d\.\d %/);
      return true;
    });
  }
  await sheet.getByRole('button', { name: 'Copy the figures' }).click();
  await sheet.getByText('Copied').waitFor();
  const copied = await luna.page.evaluate(() => navigator.clipboard.readText());
  for (const pattern of [/^Kaguya – /m, /^Midori – /m, /^ {2}There and back: \d+ ms$/m, /↓ Camera {2}\d+ kbit\/s/, /↑ Microphone {2}\d+ kbit\/s.*opus/i]) {
    assert.match(copied, pattern);
  }
});
