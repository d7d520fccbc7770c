// Chaos in a cluster while people talk and call: nothing that was acknowledged is lost, everyone is back within 5 s of a
// fault's end, and nobody is doubled or stuck.
//
// The seed is always the same unless `TSUKIYO_SEED` names another, or is `random`; `CHAOS_ROUNDS` says how many faults there
// are. For whoever looks for the cause of something: only what the regular expression `CHAOS_KINDS` fits happens, and
// `CHAOS_LOG` is what the servers log.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { settle } from './chaos/account.mjs';
import { calm } from './chaos/calm.mjs';
import { Crowd } from './chaos/crowd.mjs';
import { FAULTS } from './chaos/faults.mjs';
import { plan } from './chaos/plan.mjs';
import { startSite } from './chaos/site.mjs';
import { proof } from './harness/evidence.mjs';
import { until } from './harness/until.mjs';

/** What the product promises, in milliseconds. */
const RECOVERY = 5_000;
/** How long it is waited beyond that, to tell how late it was, and how much of what was wrong is told. */
const LATE = 30_000;
const TOLD = 6;
const SEED = seed(process.env.TSUKIYO_SEED);
const ROUNDS = process.env.CHAOS_ROUNDS ? Number(process.env.CHAOS_ROUNDS) : undefined;
const KINDS = new RegExp(process.env.CHAOS_KINDS ?? '');
let site, crowd;

before(async () => {
  site = await startSite();
});

after(async () => {
  await crowd?.end();
  await site?.stop();
});

proof('faults of every kind happen to a cluster, and everyone is back soon, with all that was said', async () => {
  tell(`TSUKIYO_SEED=${SEED}`);
  const whyNot = (kind) => site[FAULTS[kind].needs]?.why;
  for (const kind of Object.keys(FAULTS).filter(whyNot)) tell(`LEFT OUT: ${kind}: ${whyNot(kind)}`);
  crowd = new Crowd(site.servers, SEED);
  crowd.start();
  await calm(site, crowd, performance.now() + LATE);

  const late = [];
  const leftOut = (kind) => !KINDS.test(kind) || Boolean(whyNot(kind));
  for (const [round, fault] of plan(SEED, leftOut, ROUNDS).entries()) {
    const { number: victim, members, sockets } = (await site.ranks())[fault.rank];
    const { recovered, last } = await happen({ ...fault, victim });
    const server = `server ${victim} with ${members} members and ${sockets} sockets`;
    const what = `${fault.kind} for ${fault.lasts} ms (${server}; node ${fault.node}; clock ${fault.jump} s)`;
    const line = `${round}. ${what}: everyone is back after ${Math.round(recovered)} ms`;
    tell(line);
    if (recovered <= RECOVERY) continue;
    tell(`   TOO LATE; what was wrong last: ${last.slice(0, TOLD).join('; ')}`);
    late.push(line);
  }

  crowd.hush();
  await until('everything is acknowledged', () => crowd.members.every(({ log }) => log.unheard.size === 0), { within: RECOVERY });
  await calm(site, crowd, performance.now() + RECOVERY);
  for (const [r, room] of crowd.rooms.entries()) tell(`${room.room}: ${await settle(site.servers[r], room)} messages`);
  assert.deepEqual(crowd.faults, []);
  assert.deepEqual(late, [], `later than ${RECOVERY} ms`);
});

/** Lets a fault happen. Returns how long after its end everyone was back, in milliseconds, and what was wrong last. */
async function happen(fault) {
  let ended;
  const during = async () => {
    await sleep(fault.lasts);
    ended = performance.now();
  };
  await FAULTS[fault.kind].happen(site, fault, during);
  const last = await calm(site, crowd, ended + LATE);
  return { recovered: performance.now() - ended, last };
}

function seed(wanted = '1') {
  return wanted === 'random' ? Math.floor(Math.random() * 2 ** 32) : Number(wanted);
}

/** At once: whoever waits for a test that hangs wants to know the seed. */
function tell(line) {
  console.log(line);
}
