// Proof 4, second half: a server that dies takes neither a message nor a picture with it.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

/** A picture may be late by this much on a busy machine, in milliseconds; a connection made anew takes longer. */
const HITCH = 1_000;
let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('the call goes on while the server is killed and comes back, and no acknowledged message is lost', async () => {
  const room = 'phoenix';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  const members = [luna, kaguya];
  for (const member of members) await member.openChat();
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  for (const { page } of members) await page.evaluate(() => window.__watch.watchFrames());
  const made = await connections(members);

  // The server dies while somebody talks: some of it is acknowledged by then, some is not.
  const said = Array.from({ length: 30 }, (_, i) => `message ${i}`);
  for (const text of said.slice(0, 20)) await luna.say(text);
  await until('some are acknowledged', async () => (await luna.stored()).length > 5, { every: 5 });
  await server.kill();
  const acknowledged = await luna.stored();
  await Promise.all(members.map((member) => away(member).waitFor()));
  for (const text of said.slice(20)) await luna.say(text);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await server.start();

  const kept = await history(room);
  assert.deepEqual(kept.slice(0, acknowledged.length), acknowledged, 'acknowledged is stored');
  await Promise.all(members.map((member) => away(member).waitFor({ state: 'detached' })));
  // What was on its way is repeated, once each and in its order.
  await Promise.all(members.map((member) => member.reads(said)));
  assert.deepEqual(await history(room), said);
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  assert.deepEqual(await connections(members), made, 'nobody had to connect anew');
  for (const { page, name } of members) {
    const gap = await page.evaluate(longestGap);
    assert.ok(gap < HITCH, `the pictures that ${name} sees stood still for ${gap} ms`);
  }
});

proof('a newcomer after the restart meets those who were there before', async () => {
  await browser.empty();
  const room = 'after';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  await server.restart();
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
});

proof('a server that is asked to stop says goodbye and ends with success', async () => {
  await browser.empty();
  const brief = await startServer();
  const luna = await enter(browser, brief, { room: 'brief', name: 'Luna' });
  assert.equal(await brief.stop(), 0);
  await away(luna).waitFor();
});

/** The banner that says that the server is out of reach. */
function away(member) {
  return member.page.locator('.banner').getByRole('button');
}

async function history(room) {
  const answer = await fetch(`${server.url}/api/rooms/${room}/messages?limit=200`);
  return (await answer.json()).messages.map(({ text }) => text);
}

function connections(members) {
  return Promise.all(members.map((member) => member.connections()));
}

/** Runs in the page. */
function longestGap() {
  const gaps = [...window.__watch.frames.values()].flatMap((times) =>
    [...times.slice(1), performance.now()].map((time, i) => time - times[i]),
  );
  return Math.max(...gaps);
}
