// What three people in a call notice when their server is killed and comes back 2 s later.

import { setTimeout as pass } from 'node:timers/promises';
import { startBrowser } from '../../browser/harness/browser.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures } from '../figures.mjs';

const AWAY = 2_000;
const AFTERWARDS = 6_000;
const NAMES = ['Luna', 'Kaguya', 'Midori'];

const browser = await startBrowser({ fps: 15 });
const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });

try {
  const members = [];
  for (const name of NAMES) {
    const member = await openLobby(await browser.person(), server, { room: 'restart', name, query: 'video=320x240@15' });
    await member.join();
    members.push(member);
  }
  for (const [index, member] of members.entries()) {
    for (const name of NAMES.toSpliced(index, 1)) {
      await until('pictures', async () => (await member.received(name)).frames > 60, { within: 30_000 });
    }
  }
  for (const { page } of members) await page.evaluate(() => window.__watch.watchFrames());

  // The same stretch of time without and with a server that dies: what differs is what its death costs. A machine has
  // hitches of its own, so there are several calm ones, before and after, and the worst of them is what is usual.
  const calm = [await stretch(members, () => pass(AWAY)), await stretch(members, () => pass(AWAY))];
  const made = await connections(members);
  const killed = await stretch(members, async () => {
    await server.kill();
    await pass(AWAY);
    await server.start();
  });
  const remade = (await connections(members)) - made;
  calm.push(await stretch(members, () => pass(AWAY)));
  const usual = (key) => Math.max(...calm.map((one) => one[key]));

  const figures = new Figures('restart', `a call of three, the server killed with SIGKILL and started again after ${AWAY} ms`);
  // Every picture that was decoded is one that was not lost; what stands still for long counts as a freeze in the
  // statistics of WebRTC itself (more than the usual gap by 150 ms, and three times of it).
  figures.atMost('media lost: pictures', Math.max(0, killed.frozen - usual('frozen')), 0, 'ms');
  // Sound comes in packets of 20 ms: less than one cannot be lost.
  figures.atMost('media lost: sound', Math.max(0, killed.concealed - usual('concealed')), 19, 'ms');
  figures.note('  concealed, worst of six streams', killed.concealed, 'ms', usual('concealed'));
  figures.atMost('connections made anew', remade, 0, '');
  figures.note('longest gap between two pictures', killed.gap, 'ms', usual('gap'));
  figures.note('pictures shown per second and person', killed.rate, '/s', Math.min(...calm.map(({ rate }) => rate)));
  figures.report();
} finally {
  await browser.close();
  await server.stop();
}

async function stretch(members, happens) {
  const start = performance.now();
  const before = (await Promise.all(members.map(look))).flat();
  await happens();
  await pass(AFTERWARDS);
  const after = (await Promise.all(members.map(look))).flat();
  const seconds = (performance.now() - start) / 1000;
  const changes = (key) => after.map((stream, i) => stream[key] - before[i][key]);
  return {
    gap: Math.max(...after.map(({ times }, i) => longestGap(times, before[i].now))),
    frozen: Math.max(...changes('frozen')) * 1000,
    concealed: Math.max(...changes('concealed')) / 48,
    rate: changes('frames').reduce((sum, frames) => sum + frames, 0) / seconds / after.length,
  };
}

/** What a person has seen and heard by now, of each of the others. */
function look({ page }) {
  return page.evaluate(() =>
    Promise.all(
      [...window.__watch.frames].map(async ([video, times]) => ({
        ...(await window.__watch.received(video)),
        times,
        now: performance.now(),
      })),
    ),
  );
}

function longestGap(times, since) {
  const seen = [since, ...times.filter((time) => time > since)];
  return Math.max(...seen.slice(1).map((time, i) => time - seen[i]));
}

async function connections(members) {
  const made = await Promise.all(members.map(({ page }) => page.evaluate(() => window.__watch.counts().made)));
  return made.reduce((sum, count) => sum + count, 0);
}
