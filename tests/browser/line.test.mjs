// Lines that break: browsers in network namespaces, whose packets are really lost.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { makePlaces, noPlaces } from './harness/places.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

const skip = noPlaces();
const PEOPLE = ['Luna', 'Kaguya', 'Okina'];
let places, server;
let browsers = [];

before(async () => {
  if (skip) return console.log(`  skipped: ${skip}`);
  places = makePlaces(PEOPLE.length);
  server = await startServer({ env: { TSUKIYO_HOST: places.address } });
  const starting = PEOPLE.map((_, place) => startBrowser({ executable: places.executable(place), trusted: new URL(server.url).origin }));
  browsers = await Promise.all(starting);
});

after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.stop();
  places?.close();
});

proof('when the packets of one pair are lost both are told, ICE is restarted, and it is said when all is well again', { skip }, async () => {
  const [luna, kaguya, okina] = await meet('apart', 'video=320x240@15');
  for (const one of [luna, kaguya, okina]) for (const other of PEOPLE) if (other !== one.name) await one.seesAndHears(other);
  const before = await fragments(luna);
  const began = Date.now();
  const since = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;

  places.part([0, 1]);
  await Promise.all([told(luna, 'Kaguya', /Kaguya/), told(kaguya, 'Luna', /Luna/)]);
  console.log(`  told after ${since()}: “${await words(luna, 'Kaguya')}”, “${await words(kaguya, 'Luna')}”`);
  await okina.seesAndHears('Luna');
  await okina.seesAndHears('Kaguya');
  assert.equal(await words(okina, 'Luna'), '', 'who is not concerned is told nothing');

  await until('ICE is restarted', async () => {
    const now = await fragments(luna);
    return now.some((fragment) => !before.includes(fragment));
  }, { within: 60_000 });
  console.log(`  ICE restarted after ${since()}`);

  places.part([0, 1], false);
  const free = Date.now();
  const well = [luna, kaguya].map((one) => {
    const other = one === luna ? 'Kaguya' : 'Luna';
    return told(one, other, /come again/, { within: 90_000 }).then(() => one.seesAndHears(other, { within: 30_000 }));
  });
  await Promise.all(well);
  console.log(`  well again ${((Date.now() - free) / 1000).toFixed(1)} s after the packets pass again`);
});

/** Everybody comes, each from its own place. */
async function meet(room, query) {
  const members = [];
  for (const [place, name] of PEOPLE.entries()) {
    await browsers[place].empty();
    members.push(await enter(browsers[place], server, { room, name, query }));
  }
  await Promise.all(members.map((member) => member.sees(PEOPLE.filter((name) => name !== member.name))));
  return members;
}

/** What a tile says of the way to a person. */
async function words(member, name) {
  return (await member.tile(name).locator('.tile-state').allTextContents()).join(' ');
}

function told(member, name, what, options) {
  return until(`${member.name} is told of ${name}: ${what}`, async () => {
    const said = await words(member, name);
    if (!what.test(said)) throw new Error(`“${said}”`);
    return true;
  }, { within: 40_000, every: 100, ...options });
}

/** The names by which ICE knows the connections of a page: others after a restart. */
function fragments(member) {
  return member.page.evaluate(() => window.__watch.open().map(({ localDescription }) => /ice-ufrag:(\S+)/.exec(localDescription?.sdp)?.[1]));
}
