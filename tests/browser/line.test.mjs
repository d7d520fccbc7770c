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
  const [luna, kaguya, okina] = await meet('apart', { query: 'video=320x240@15' });
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

proof('who sends more than the line carries is warned, the others are asked for less first, and the own picture is made small', { skip }, async () => {
  const large = { query: 'video=640x360@15', options: { viewport: { width: 1280, height: 800 } } };
  const [luna, kaguya] = await meet('full', large, ['Luna', 'Kaguya']);
  for (const one of [luna, kaguya]) await until(`${one.name} sends a large picture`, async () => (await sent(one)).height === 360);
  assert.equal(await warnings(luna), '', 'a line that carries all is not warned of');
  const began = Date.now();
  const since = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;

  places.narrow(0, '150kbit');
  await until('Luna is warned', async () => /connection/.test(await warnings(luna)), { within: 60_000 });
  console.log(`  warned after ${since()}: “${await warnings(luna)}”`);
  await until('Kaguya sends less', async () => (await sent(kaguya)).scale > 1, { within: 60_000 });
  console.log(`  the other's picture is smaller after ${since()}`);
  assert.equal((await sent(luna)).scale, 1, 'the own is not yet');
  await until('the own picture is small', async () => (await sent(luna)).scale >= 2, { within: 60_000 });
  console.log(`  the own picture is small after ${since()}`);
  await kaguya.seesAndHears('Luna', { within: 30_000 });
  assert.equal(await warnings(kaguya), '', 'whose line is free is not warned');
  places.widen(0);
});

/** Everybody comes, each from its own place. */
async function meet(room, way, people = PEOPLE) {
  const members = [];
  for (const browser of browsers) await browser.empty();
  for (const [place, name] of people.entries()) members.push(await enter(browsers[place], server, { room, name, ...way }));
  await Promise.all(members.map((member) => member.sees(people.filter((name) => name !== member.name))));
  return members;
}

/** What a page says of its own load. */
async function warnings(member) {
  return (await member.page.locator('.banner.strained').allTextContents()).join(' ');
}

/** How a member sends its camera to its only other: the height of the last picture, and by what it is made smaller. */
function sent(member) {
  return member.page.evaluate(async () => {
    const [connection] = window.__watch.open();
    const { sender } = connection.getTransceivers()[1];
    const stats = [...(await sender.getStats()).values()].find(({ type }) => type === 'outbound-rtp');
    return { height: stats?.frameHeight ?? 0, scale: sender.getParameters().encodings[0]?.scaleResolutionDownBy ?? 1 };
  });
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
