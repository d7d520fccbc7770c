// A thousand people in 250 rooms who talk, come and go, for MINUTES: memory stays flat, no descriptor is lost, and the log is
// empty.

import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures } from '../figures.mjs';
import { cpuSeconds, memory, spentBetween } from '../processes.mjs';
import { Member } from './member.mjs';

const MINUTES = Number(process.env.MINUTES ?? 20);
const PEOPLE = Number(process.env.SOCKETS ?? 1_000);
const ROOM = 4;
/** How often each does something, on average. */
const EVERY = 4_000;
/** How often it is looked, and after which part of the time memory has to be flat: what is set up once is then set up. */
const LOOK = 5_000;
const SETTLED = 0.4;
const MIB = 1024 * 1024;

/** A store in a process of its own, as HOST:PORT, to tell the server's memory from the store's, which keeps what was said. */
const STORE = process.env.STORE ? { FIRESTORE_EMULATOR_HOST: process.env.STORE } : {};

const server = await startServer({ env: { TSUKIYO_LOG: 'warn', ...STORE } });
const url = `${server.url.replace('http', 'ws')}/ws`;
const tally = { heard: 0, passed: 0, arrived: 0, chats: 0, leaves: 0, sockets: 0, faults: [] };

try {
  // The first ones make the server open what it keeps open for good.
  await crowd(20, 'first', async (member) => {
    for (let i = 0; i < 20; i += 1) await member.act();
  });
  const descriptors = await settled();
  const began = Date.now();
  const spent = cpuSeconds(server.pid);
  const looks = [];
  let unheard = 0;
  await crowd(PEOPLE, 'soak', async (member, people) => {
    const over = began + MINUTES * 60_000;
    if (member === people[0]) watch(over, looks);
    while (Date.now() < over) {
      await sleep(2 * EVERY * member.roll());
      await member.act();
    }
    await until('what was said last comes back', () => member.unheard === 0, { within: 20_000 }).catch(() => {});
    unheard += member.unheard;
  });
  const after = await settled();
  report({ descriptors, after, looks, unheard, cpu: spentBetween(spent, cpuSeconds(server.pid)), lasted: (Date.now() - began) / 60_000 });
} finally {
  await server.stop();
}

/** Lets so many people in, does something with each, and lets them go. */
async function crowd(count, name, act) {
  const people = Array.from({ length: count }, (_, n) => new Member(url, `${name}-${Math.floor(n / ROOM)}`, n, tally));
  for (let n = 0; n < people.length; n += 50) await Promise.all(people.slice(n, n + 50).map((member) => member.come()));
  await Promise.all(people.map((member) => act(member, people)));
  await Promise.all(people.map((member) => member.go()));
}

async function watch(over, looks) {
  const began = Date.now();
  while (Date.now() < over) {
    looks.push({ minutes: (Date.now() - began) / 60_000, bytes: memory(server.pid) });
    await sleep(LOOK);
  }
}

/** How many descriptors the server has open, once that no longer changes. */
async function settled() {
  let last = -1;
  let still = 0;
  await until('the descriptors settle', () => {
    const now = fs.readdirSync(`/proc/${server.pid}/fd`).length;
    still = now === last ? still + 1 : 0;
    last = now;
    return still >= 6;
  }, { every: 500, within: 60_000 });
  return last;
}

/** By how much memory grows in a minute: the line that lies nearest to all looks (least squares). */
function slope(looks) {
  const mean = (of) => looks.reduce((sum, look) => sum + look[of], 0) / looks.length;
  const [x, y] = [mean('minutes'), mean('bytes')];
  const above = looks.reduce((sum, look) => sum + (look.minutes - x) * (look.bytes - y), 0);
  return above / looks.reduce((sum, look) => sum + (look.minutes - x) ** 2, 0);
}

function report({ descriptors, after, looks, unheard, cpu, lasted }) {
  const figures = new Figures('soak', `${PEOPLE} sockets in ${PEOPLE / ROOM} rooms for ${MINUTES} min`);
  const late = looks.filter(({ minutes }) => minutes >= MINUTES * SETTLED);
  const grown = slope(late) * (1 - SETTLED) * MINUTES;
  const before = late[0].bytes;
  figures.atMost('memory: growth of the last three fifths', (100 * grown) / before, 5, '%');
  figures.note('  a minute', slope(late) / MIB, 'MiB');
  figures.note('  at the beginning, before that, and at the end', looks[0].bytes / MIB, 'MiB');
  figures.note('', before / MIB, 'MiB');
  figures.note('', looks.at(-1).bytes / MIB, 'MiB');
  figures.atMost('descriptors that were not given back', Math.abs(after - descriptors), 0, '');
  const lines = server.log.split('\n').filter((line) => line.trim());
  figures.atMost('lines in the log (warnings and errors)', lines.length, 0, '');
  figures.atMost('things that went wrong for a client', tally.faults.length, 0, '');
  figures.atMost('chat messages that did not come back', unheard, 0, '');
  figures.note('chat messages', tally.chats, '');
  figures.note('messages passed on', tally.passed, '');
  figures.note('  that arrived (some had gone meanwhile)', tally.arrived, '');
  figures.note('leaves and joins', tally.leaves, '');
  figures.note('sockets that were closed and opened', tally.sockets, '');
  figures.note('messages heard, a second', tally.heard / lasted / 60, '/s');
  figures.note('CPU of the server', (100 * cpu) / lasted / 60, '% of a core');
  figures.report();
  for (const line of [...lines, ...tally.faults].slice(0, 20)) console.log(line);
}
