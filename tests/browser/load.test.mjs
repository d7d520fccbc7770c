// What nobody sees is not sent, what is small is sent small, and a line that is full is said to be.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

/** Pictures large enough to be made smaller, in a window whose tiles are as large as they. */
const WAY = { query: 'video=640x360@15', options: { viewport: { width: 1280, height: 800 } } };

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('a tile that is scrolled out of sight is not sent, its voice is, and it comes back when it is seen', async () => {
  const [luna, kaguya] = await pair('sight');
  await kaguya.seesAndHears('Luna');
  await put(kaguya, 'Luna', 'position: fixed; top: -9999px; width: 320px; height: 180px');
  await stops(luna);
  await kaguya.seesAndHears('Luna', { picture: false });
  assert.equal(await kaguya.page.getByText('Looking for another way').count(), 0, 'it is no fault');
  const shown = Date.now();
  await put(kaguya, 'Luna', '');
  await kaguya.seesAndHears('Luna');
  console.log(`  ${Date.now() - shown} ms until ten more frames were seen`);
  assert.deepEqual(await kaguya.connections(), { open: 1, made: 1 }, 'no connection was made anew');
});

proof('a page that nobody looks at gets no pictures, and gets them again when it is looked at', async () => {
  const [luna, kaguya] = await pair('hidden');
  await kaguya.seesAndHears('Luna');
  await look(kaguya, false);
  await stops(luna);
  await kaguya.seesAndHears('Luna', { picture: false });
  await luna.seesAndHears('Kaguya');
  await look(kaguya, true);
  await kaguya.seesAndHears('Luna');
});

proof('a small tile gets a small picture, and a large one a large one', async () => {
  const [luna, kaguya] = await pair('small');
  await height(luna, 360);
  await put(kaguya, 'Luna', 'position: fixed; top: 0; left: 0; width: 150px; height: 85px');
  await height(luna, 90);
  await kaguya.seesAndHears('Luna');
  await put(kaguya, 'Luna', 'position: fixed; top: 0; left: 0; width: 300px; height: 170px');
  await height(luna, 180);
  await put(kaguya, 'Luna', '');
  await height(luna, 360);
  await kaguya.seesAndHears('Luna');
});

proof('who saves data gets small pictures and sends small ones, also after a reload', async () => {
  const [luna, kaguya] = await pair('saver');
  await height(luna, 360);
  await height(kaguya, 360);
  await kaguya.page.getByRole('button', { name: 'More' }).click();
  await kaguya.page.getByRole('button', { name: 'Device settings' }).click();
  await kaguya.page.getByRole('switch', { name: 'Save data' }).check();
  await height(luna, 180);
  await height(kaguya, 180);
  await kaguya.page.reload();
  await kaguya.inside();
  await luna.seesAndHears('Kaguya');
  await height(kaguya, 180);
  await height(luna, 180);
});

async function pair(room) {
  await browser.empty();
  const luna = await enter(browser, server, { room, name: 'Luna', ...WAY });
  const kaguya = await enter(browser, server, { room, name: 'Kaguya', ...WAY });
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  return [luna, kaguya];
}

/** Puts somebody's tile somewhere else; an empty style puts it back. */
function put(member, name, style) {
  return member.tile(name).evaluate((tile, style) => tile.setAttribute('style', style), style);
}

/** The person looks at the page, or elsewhere. Playwright's pages are always looked at, so the page is told. */
function look(member, visible) {
  return member.page.evaluate((visible) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => !visible });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visible);
}

/** What a member sends of its camera to its only other: pictures so far, and the height of the last one. */
function sent(member) {
  return member.page.evaluate(async () => {
    const [connection] = window.__watch.open();
    const [, camera] = connection.getTransceivers();
    const stats = [...(await camera.sender.getStats()).values()].find(({ type }) => type === 'outbound-rtp');
    return { frames: stats?.framesSent ?? 0, height: stats?.frameHeight ?? 0, active: stats?.active };
  });
}

/** Waits until no picture is sent any more: five looks in a row find the same number. */
async function stops(member) {
  let last = -1;
  let same = 0;
  await until(`${member.name} sends no picture`, async () => {
    const { frames } = await sent(member);
    same = frames === last ? same + 1 : 0;
    last = frames;
    if (same < 5) throw new Error(`${frames} frames`);
    return true;
  }, { every: 300 });
}

function height(member, wanted) {
  return until(`${member.name} sends pictures ${wanted} high`, async () => {
    const now = await sent(member);
    if (now.height !== wanted) throw new Error(JSON.stringify(now));
    return true;
  }, { every: 100 });
}
