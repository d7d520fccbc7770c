// What one does in a room besides talking: devices, volume, who stands in front, and the keyboard.

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

proof('whoever speaks is marked, and stands in front in the speaker view', async () => {
  const [luna, kaguya] = await pair('speaker');
  // The browser's fake microphone beeps once a second.
  await until('Luna speaks', async () => (await kaguya.tile('Luna').getAttribute('data-speaking')) === 'true', { every: 20 });
  await choose(kaguya, 'Speaker in front');
  await until('Luna is in front', async () => (await kaguya.tile('Luna').getAttribute('data-front')) === 'true');
  await choose(kaguya, 'Everybody alike');
  await until('nobody is in front', async () => (await kaguya.tile('Luna').getAttribute('data-front')) === 'false');
});

proof('space held down talks, and letting go mutes again', async () => {
  const [luna, kaguya] = await pair('talk');
  await luna.switch('Microphone').click();
  await muted(kaguya, 'Luna', true);
  await luna.page.locator('.room').focus();
  await luna.page.keyboard.down('Space');
  await muted(kaguya, 'Luna', false);
  await luna.page.keyboard.up('Space');
  await muted(kaguya, 'Luna', true);
  // On a button the same key presses the button, once.
  await luna.switch('Microphone').focus();
  await luna.page.keyboard.press('Space');
  await muted(kaguya, 'Luna', false);
});

proof('how loud somebody is can be set for oneself, and is remembered by name', async () => {
  const [luna, kaguya] = await pair('volume');
  await kaguya.seesAndHears('Luna');
  const volume = () => kaguya.tile('Luna').locator('audio').evaluate((audio) => audio.volume);
  await kaguya.page.getByRole('button', { name: 'Volume of Luna' }).click();
  await kaguya.page.getByRole('slider', { name: 'Volume of Luna' }).fill('40');
  await until('40 %', async () => Math.abs((await volume()) - 0.4) < 0.01);
  await kaguya.page.getByRole('button', { name: 'Mute for me' }).click();
  await until('silence', async () => (await volume()) === 0);
  await kaguya.page.getByRole('button', { name: 'Hear again' }).click();
  await until('full', async () => (await volume()) === 1);
  await kaguya.page.getByRole('slider', { name: 'Volume of Luna' }).fill('40');
  await luna.leave();
  await kaguya.sees([]);
  const again = await enter(browser, server, { room: 'volume', name: 'Luna' });
  await kaguya.seesAndHears('Luna');
  assert.ok(Math.abs((await volume()) - 0.4) < 0.01);
  await again.leave();
});

proof('devices are changed during the call, without a new connection', async () => {
  const [luna, kaguya] = await pair('devices');
  await kaguya.seesAndHears('Luna');
  await choose(luna, 'Device settings');
  const dialog = luna.page.getByRole('dialog', { name: 'Device settings' });
  await dialog.waitFor();
  const microphones = dialog.getByRole('combobox', { name: 'Microphone' });
  assert.ok((await microphones.locator('option').count()) >= 3, 'Chromium has several fake microphones');
  const sent = () => luna.page.evaluate(() => {
    const { track } = window.__watch.open()[0].getSenders()[0];
    return { label: track.label, ...track.getConstraints() };
  });
  await microphones.selectOption({ label: 'Fake Audio Input 2' });
  await until('the other microphone is sent', async () => (await sent()).label === 'Fake Audio Input 2');
  await dialog.getByRole('switch', { name: 'Reduce noise' }).uncheck();
  await until('no noise suppression', async () => (await sent()).noiseSuppression === false);
  assert.equal((await sent()).label, 'Fake Audio Input 2', 'the choice stays');
  await dialog.getByRole('combobox', { name: 'Resolution' }).selectOption('360');
  await kaguya.seesAndHears('Luna');
  await dialog.getByRole('button', { name: 'Test sound' }).click();
  await luna.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(await kaguya.connections(), { open: 1, made: 1 });
  assert.equal(await luna.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'More');
});

proof("one's own picture can be hidden from oneself", async () => {
  const [luna, kaguya] = await pair('self');
  const mine = luna.people.locator('li.mine');
  assert.equal(await mine.count(), 1);
  await choose(luna, 'Hide my picture');
  await mine.waitFor({ state: 'detached' });
  await kaguya.seesAndHears('Luna');
  await choose(luna, 'Show my picture');
  await mine.waitFor();
});

proof('the menu takes the focus, and Escape gives it back', async () => {
  const [luna] = await pair('menu');
  await luna.page.getByRole('button', { name: 'More' }).click();
  await luna.page.getByRole('group', { name: 'More' }).waitFor();
  const focused = () => luna.page.evaluate(() => document.activeElement?.textContent.trim());
  await until('the first item has the focus', async () => (await focused()).startsWith('Full screen'));
  await luna.page.keyboard.press('Escape');
  await luna.page.getByRole('group', { name: 'More' }).waitFor({ state: 'detached' });
  await until('the button has it again', () => luna.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'More'));
});

async function pair(room) {
  await browser.empty();
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  return [luna, kaguya];
}

async function choose(member, item) {
  await member.page.getByRole('button', { name: 'More' }).click();
  await member.page.getByRole('group', { name: 'More' }).getByRole('button', { name: item }).click();
}

function muted(member, name, is) {
  return until(`${name} is ${is ? '' : 'not '}muted`, async () => (await member.tile(name).getAttribute('data-muted')) === String(is));
}
