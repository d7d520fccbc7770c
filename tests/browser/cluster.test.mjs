// Several servers on one bus are one: members meet, talk and come back wherever they are, whatever is killed.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBalancer } from './harness/balancer.mjs';
import { startBrowser } from './harness/browser.mjs';
import { startEmulator } from './harness/emulator.mjs';
import { proof } from './harness/evidence.mjs';
import { startNats } from './harness/nats.mjs';
import { enter } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { member, signal } from './harness/signal.mjs';
import { until } from './harness/until.mjs';

/** What the product promises, in milliseconds. */
const PRESENCE = 2_000;
let emulator, nats, servers, balancer, browser;

before(async () => {
  [emulator, nats, browser] = await Promise.all([startEmulator(), startNats(3), startBrowser()]);
  const env = { FIRESTORE_EMULATOR_HOST: emulator.host, TSUKIYO_BUS: nats.urls, TSUKIYO_SECRET: 'the same for all of them' };
  servers = await Promise.all([0, 1, 2].map(() => startServer({ env })));
  await Promise.all(servers.map(ready));
  balancer = await startBalancer(servers);
});

after(async () => {
  await browser?.close();
  balancer?.stop();
  await Promise.all((servers ?? []).map((server) => server.stop()));
  await nats?.kill();
  await emulator?.stop();
});

proof('members on three servers meet, are seen everywhere, and hear one chat in one order', async () => {
  const room = 'apart';
  const people = [];
  for (const [i, server] of servers.entries()) people.push(await member(server, room, `Person ${i}`));
  for (const [i, server] of servers.entries()) {
    const names = await until(
      `server ${i} knows who is inside`,
      async () => {
        const { members } = await get(server, `/api/rooms/${room}`);
        return members.length === 3 && members;
      },
      { within: PRESENCE },
    );
    assert.deepEqual(names, ['Person 0', 'Person 1', 'Person 2']);
  }
  const said = Array.from({ length: 60 }, (_, i) => `message ${i}`);
  said.forEach((text, i) => people[i % 3].say({ type: 'chat', text, nonce: `n${i}` }));
  const order = (person) => person.heard.filter(({ type }) => type === 'chat').map(({ message }) => message.text);
  for (const person of people) await until('all is heard', () => order(person).length === said.length);
  assert.deepEqual(order(people[1]), order(people[0]));
  assert.deepEqual(order(people[2]), order(people[0]));
  assert.deepEqual([...order(people[0])].sort(), [...said].sort());
  assert.deepEqual(await history(servers[2], room), order(people[0]));

  // What the host decides on one server holds on all: the first one is host.
  people[0].say({ type: 'moderate', action: 'lock' });
  await people[2].hear('rules', { fits: ({ locked }) => locked });
  const late = await signal(servers[1]);
  const refused = await late.ask(joining(room, 'Late'), 'error');
  assert.equal(refused.code, 'locked');
  people[0].say({ type: 'moderate', action: 'remove', member: people[2].me });
  await until('who is put out is out', () => people[2].closed?.code === 4003);
  await people[1].hear('leave', { fits: ({ reason }) => reason === 'removed' });
  for (const person of people) person.close();
});

proof('people in two rooms whose servers differ go from one to the other over the same socket', async () => {
  const [one, two] = [await member(servers[0], 'first', 'One'), await member(servers[1], 'second', 'Two')];
  const walker = await member(servers[2], 'first', 'Walker');
  await one.hear('join');
  walker.say({ type: 'leave' });
  await one.hear('leave');
  await walker.ask(joining('second', 'Walker'), 'joined');
  await two.hear('join');
  for (const person of [one, two, walker]) person.close();
});

proof('servers are killed one after another: the call goes on, and no acknowledged message is lost', async () => {
  const room = 'hydra';
  balancer.only(servers[0]);
  const luna = await enter(browser, balancer, { room, name: 'Luna' });
  balancer.only(servers[1]);
  const kaguya = await enter(browser, balancer, { room, name: 'Kaguya' });
  balancer.only(null);
  const members = [luna, kaguya];
  for (const person of members) await person.openChat();
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  const made = await connections(members);

  const said = [];
  // First the server that has the room, then one that only has its people.
  for (const [round, victim] of [servers[0], servers[1]].entries()) {
    const words = Array.from({ length: 20 }, (_, i) => `message ${round}.${i}`);
    for (const text of words.slice(0, 12)) await luna.say(text);
    said.push(...words);
    await until('some are acknowledged', async () => (await luna.stored()).length > said.length - 17, { every: 5 });
    await victim.kill();
    const acknowledged = await luna.stored();
    for (const text of words.slice(12)) await luna.say(text);
    await Promise.all(members.map((person) => person.reads(said)));
    const alive = servers.find((server) => server !== victim);
    assert.deepEqual((await history(alive, room)).slice(0, acknowledged.length), acknowledged);
    assert.deepEqual(await history(alive, room), said);
    await Promise.all(members.map((person) => away(person).waitFor({ state: 'detached' })));
    await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
    await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
    assert.deepEqual(await connections(members), made, 'nobody had to connect anew');
    await victim.start();
    await ready(victim);
  }
});

proof('one NATS node of three is killed, and nobody notices', async () => {
  await browser.empty();
  const room = 'node';
  const people = [];
  for (const [i, server] of servers.entries()) people.push(await member(server, room, `Person ${i}`));
  const since = people.map(({ heard }) => heard.length);
  let number = 0;
  const say = () => {
    const n = number++;
    people[n % 3].say({ type: 'chat', text: `message ${n}`, nonce: `n${n}` });
  };
  const order = (person) => person.heard.filter(({ type }) => type === 'chat').map(({ message }) => message.text);
  for (const node of nats.nodes) {
    for (let i = 0; i < 10; i++) say();
    await node.kill();
    for (let i = 0; i < 10; i++) say();
    for (const person of people) await until('all is heard', () => order(person).length === number);
    await node.start();
  }
  for (const person of people) assert.deepEqual(order(person), order(people[0]));
  people.forEach((person, i) => {
    assert.equal(person.closed, null);
    const told = person.heard.slice(since[i]).filter(({ type }) => type !== 'chat' && type !== 'join' && type !== 'rules');
    assert.deepEqual(told, [], 'nobody was away, and nothing was refused');
  });
  for (const person of people) person.close();
});

proof('all of NATS is away: calls go on, who is new is told to try again, and health says so', async () => {
  const room = 'silence';
  const luna = await enter(browser, servers[0], { room, name: 'Luna' });
  const kaguya = await enter(browser, servers[1], { room, name: 'Kaguya' });
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  const made = await connections([luna, kaguya]);
  const stranger = await signal(servers[2]);
  await nats.kill();
  for (const server of servers) {
    await until('it is said that the server is cut off', async () => (await fetch(`${server.url}/readyz`)).status === 503);
    const health = await get(server, '/healthz');
    assert.equal(health.status, 'cut off');
    assert.equal(health.bus.carries, false);
  }
  const refused = await stranger.ask(joining(room, 'Stranger'), 'error');
  assert.equal(refused.code, 'unavailable');
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await luna.openChat();
  await luna.say('is anybody there?');
  await kaguya.openChat();
  await nats.start();
  await Promise.all(servers.map(ready));
  // What was said meanwhile comes, and nobody has connected anew.
  await Promise.all([luna, kaguya].map((person) => person.reads(['is anybody there?'])));
  await stranger.ask(joining(room, 'Stranger'), 'joined');
  await luna.sees(['Kaguya', 'Stranger']);
  stranger.say({ type: 'leave' });
  await luna.sees(['Kaguya']);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  const now = await connections([luna, kaguya]);
  assert.ok(now.every(({ open }, i) => open === made[i].open), JSON.stringify({ made, now }));
  stranger.close();
});

function joining(room, name) {
  return { type: 'join', room, name, media: { audio: false, video: false } };
}

function ready(server) {
  return until('the server lets people in', async () => (await fetch(`${server.url}/readyz`)).ok);
}

async function get(server, path) {
  return (await fetch(server.url + path)).json();
}

/** The banner that says that the server is out of reach. */
function away(person) {
  return person.page.locator('.banner').getByRole('button');
}

async function history(server, room) {
  const { messages } = await get(server, `/api/rooms/${room}/messages?limit=200`);
  return messages.map(({ text }) => text);
}

function connections(people) {
  return Promise.all(people.map((person) => person.connections()));
}
