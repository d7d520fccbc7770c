// Figures of how calls go: told by whom lets the page tell them, and to a server that asks.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

const SWITCH = 'Send anonymous figures about my calls to this server';
let server, silent, browser;

before(async () => {
  server = await startServer({ env: { TSUKIYO_QUALITY_REPORTS: '1' } });
  silent = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await silent?.stop();
});

/** Opens the settings, and returns the switch that lets the page tell how calls go. */
async function settings({ page }) {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('button', { name: 'Device settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Device settings' });
  await dialog.getByRole('switch', { name: 'Save data' }).waitFor();
  return dialog.getByRole('switch', { name: SWITCH });
}

/** What clients have told a server: the lines of its figures, by their names. */
async function told(server) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('tsukiyo_client_'));
  return { text, lines: Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])) };
}

const made = (outcome) => `tsukiyo_client_connections_total{platform="web",outcome="${outcome}"}`;
const FIRST = 'tsukiyo_client_first_frame_seconds_count{platform="web"}';

proof('a call of two comes into the figures once, by the one who lets it, and as nothing but numbers', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'zahlen', name: 'Luna' });
  const tell = await settings(luna);
  assert.equal(await tell.isChecked(), false, 'nobody tells anything by itself');
  await luna.page.getByText('No names, no rooms, no addresses.').waitFor();
  await tell.check();
  await luna.page.keyboard.press('Escape');
  assert.equal((await told(server)).lines[made('connected')], 0);

  const kaguya = await enter(browser, server, { room: 'zahlen', name: 'Kaguya' });
  await luna.seesAndHears('Kaguya');
  await kaguya.seesAndHears('Luna');
  await luna.leave();
  await kaguya.sees([]);
  // It is told before the good-bye, so it is there.
  const { text, lines } = await told(server);
  assert.equal(lines[FIRST], 1, text);
  const seconds = lines['tsukiyo_client_first_frame_seconds_sum{platform="web"}'];
  assert.ok(seconds > 0 && seconds < 60, `${seconds} s`);
  assert.equal(lines[made('connected')], 1, text);
  for (const failure of ['handshake-failed', 'no-candidates', 'ice-failed', 'disconnected']) assert.equal(lines[made(failure)], 0, text);
  assert.equal(lines['tsukiyo_client_reports_total{platform="web"}'], 1, text);
  for (const word of ['zahlen', 'Luna', 'Kaguya']) assert.ok(!text.includes(word), word);

  // Kaguya was asked nothing, and tells nothing.
  await kaguya.leave();
  await kaguya.joinButton.waitFor();
  assert.equal((await told(server)).lines[made('connected')], 1);
});

proof('a tab that is closed tells what it has, since the switch is remembered', async () => {
  await browser.empty();
  const before = (await told(server)).lines;
  const kaguya = await enter(browser, server, { room: 'schluss', name: 'Kaguya' });
  const luna = await enter(browser, server, { room: 'schluss', name: 'Luna' });
  await (await settings(luna)).check();
  await luna.page.reload();
  await luna.inside();
  assert.equal(await (await settings(luna)).isChecked(), true);
  await luna.page.keyboard.press('Escape');
  await luna.seesAndHears('Kaguya');
  await luna.page.close({ runBeforeUnload: true });
  await kaguya.sees([]);
  await until('the closed tab is counted', async () => {
    const { lines } = await told(server);
    return lines[FIRST] === before[FIRST] + 1;
  });
});

proof('a server that does not ask shows no switch, and has no such figures', async () => {
  await browser.empty();
  const luna = await enter(browser, silent, { room: 'still', name: 'Luna' });
  assert.equal(await (await settings(luna)).count(), 0);
  assert.deepEqual((await told(silent)).lines, {});
});
