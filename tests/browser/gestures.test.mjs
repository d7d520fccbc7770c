// Hands, signs, the list of people, and the invitation.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
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

proof('raised hands are seen by everyone, in the order of raising, by newcomers and after a restart of the server', async () => {
  const [luna, kaguya] = await meet('hands', 'Luna', 'Kaguya');
  await luna.page.locator('.room').press('h');
  await hand(kaguya, kaguya.tile('Luna'), 1);
  await kaguya.page.getByRole('button', { name: 'Hand and reactions' }).click();
  await kaguya.page.getByRole('button', { name: 'Raise your hand' }).click();
  for (const member of [luna, kaguya]) {
    const [first, second] = member === luna ? [luna.people.locator('.mine'), luna.tile('Kaguya')] : [kaguya.tile('Luna'), kaguya.people.locator('.mine')];
    await hand(member, first, 1);
    await hand(member, second, 2);
  }
  const midori = await enter(browser, server, { room: 'hands', name: 'Midori' });
  await hand(midori, midori.tile('Luna'), 1);
  await hand(midori, midori.tile('Kaguya'), 2);
  await news(kaguya, 'Midori has come.');

  await luna.page.locator('.room').press('h');
  await hand(midori, midori.tile('Kaguya'), 1);
  await hand(midori, midori.tile('Luna'), null);

  await server.restart();
  // Whoever leaves while another is not back yet is missed by that one only after a while.
  await until('all are back', async () => (await (await fetch(`${server.url}/healthz`)).json()).members === 3);
  await hand(midori, midori.tile('Kaguya'), 1);
  await midori.sees(['Kaguya', 'Luna']);
  await kaguya.leave();
  await midori.sees(['Luna']);
  await until('nobody is counted', async () => (await midori.page.getByRole('img', { name: /hand raised/ }).count()) === 0);
});

proof('a sign is seen on the tile of who shows it, and passes', async () => {
  const [luna, kaguya] = await meet('signs', 'Luna', 'Kaguya');
  await luna.page.getByRole('button', { name: 'Hand and reactions' }).click();
  await luna.page.getByRole('button', { name: 'Applause' }).click();
  await luna.page.getByRole('button', { name: 'Celebration' }).click();
  await kaguya.tile('Luna').getByText('👏').waitFor();
  await kaguya.tile('Luna').getByText('🎉').waitFor();
  await luna.people.locator('.mine').getByText('🎉').waitFor();
  await news(kaguya, /Luna: Celebration\.$/);
  assert.equal(await kaguya.people.locator('.mine .signs').count(), 0);
  await kaguya.tile('Luna').locator('.signs').waitFor({ state: 'detached' });
  await luna.page.keyboard.press('Escape');
  await until('the focus is on the button', () => luna.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Hand and reactions'));
});

proof('the list of people says who is here and how, and whoever raises a hand comes first', async () => {
  const [luna, kaguya] = await meet('list', 'Luna', 'Kaguya');
  const midori = await enter(browser, server, { room: 'list', name: 'Midori' });
  await luna.sees(['Kaguya', 'Midori']);
  await luna.page.locator('.room').press('p');
  const list = luna.page.getByRole('complementary', { name: 'People' });
  const names = () => list.getByRole('listitem').locator('.person-name').allTextContents();
  await until('all three', async () => JSON.stringify(await names()) === JSON.stringify(['Luna (you)', 'Kaguya', 'Midori']));
  await midori.page.locator('.room').press('h');
  await until('Midori first', async () => JSON.stringify(await names()) === JSON.stringify(['Luna (you)', 'Midori', 'Kaguya']));
  await kaguya.switch('Microphone').click();
  await list.getByRole('listitem').filter({ hasText: 'Kaguya' }).getByRole('img', { name: 'Muted' }).waitFor();
  await kaguya.switch('Camera').click();
  await list.getByRole('listitem').filter({ hasText: 'Kaguya' }).getByRole('img', { name: 'Camera off' }).waitFor();
  await luna.openChat();
  await list.waitFor({ state: 'detached' });
  await luna.page.getByRole('button', { name: /3 people/ }).click();
  await list.waitFor();
  await luna.page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await until('the focus is back', () => luna.page.evaluate(() => document.activeElement?.textContent.includes('3 people')));
});

proof('the QR code of the invitation leads into the room', async () => {
  const [luna] = await meet('月見', 'Luna', 'Kaguya');
  await luna.page.getByRole('button', { name: 'More' }).click();
  await luna.page.getByRole('button', { name: 'Invite…' }).click();
  const code = luna.page.getByRole('dialog', { name: 'Invite others' }).getByRole('img', { name: 'The link as a QR code' });
  const { data, width, height } = PNG.sync.read(await code.screenshot());
  assert.equal(jsQR(Uint8ClampedArray.from(data), width, height)?.data, `${server.url}/room/%E6%9C%88%E8%A6%8B`);
  await luna.page.keyboard.press('Escape');
  await until('the focus is on the menu', () => luna.page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'More'));
});

/** People who are in one room and see each other. */
async function meet(room, ...names) {
  await browser.empty();
  const members = [];
  for (const name of names) members.push(await enter(browser, server, { room, name }));
  for (const member of members) await member.sees(names.filter((name) => name !== member.name));
  return members;
}

/** Waits until a tile shows this place among the raised hands, or none. */
function hand(member, tile, place) {
  return until(`${member.name} sees hand ${place}`, async () => {
    const marks = await tile.locator('.hand-mark').allTextContents();
    return JSON.stringify(marks) === JSON.stringify(place === null ? [] : [String(place)]);
  });
}

/** Waits until this is read out. */
function news(member, words) {
  return until(`${member.name} hears ${words}`, async () => {
    const told = await member.page.locator('[aria-live=polite].visually-hidden').textContent();
    return typeof words === 'string' ? told === words : words.test(told);
  });
}
