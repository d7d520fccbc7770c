// Proof 2: two who join at the same instant find each other, every time.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';

const ROUNDS = 20;
/** How far ahead the instant lies: both pages must have heard of it by then. */
const AHEAD = 100;
let server;
const browsers = [];

before(async () => {
  server = await startServer();
  browsers.push(await startBrowser(), await startBrowser());
});

after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.stop();
});

proof(`${ROUNDS} rounds of two who join at the same instant`, async () => {
  const pages = [await browsers[0].person(), await browsers[1].person()];
  for (let round = 1; round <= ROUNDS; round++) {
    const [luna, kaguya] = await Promise.all([
      openLobby(pages[0], server, { room: `crossing-${round}`, name: 'Luna' }),
      openLobby(pages[1], server, { room: `crossing-${round}`, name: 'Kaguya' }),
    ]);
    await Promise.all([luna.ready(), kaguya.ready()]);
    const instant = Date.now() + AHEAD;
    await Promise.all([clickAt(luna, instant), clickAt(kaguya, instant)]);
    await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
    for (const member of [luna, kaguya]) {
      assert.equal((await member.connections()).open, 1, `round ${round}: one connection for ${member.name}`);
    }
    await Promise.all([luna.leave(), kaguya.leave()]);
  }
  assert.deepEqual(browsers.flatMap((browser) => browser.takeErrors()), []);
});

/** Clicks on Join when the clock, which all processes of this machine share, shows `instant`. */
function clickAt(member, instant) {
  return member.joinButton.evaluate(
    (button, instant) => new Promise((done) => setTimeout(() => done(button.click()), instant - Date.now())),
    instant,
  );
}
