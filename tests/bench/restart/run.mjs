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

  // The same stretch of time without and with a server that dies: what differs is what its death costs.
  const calm = await stretch(members, () => pass(AWAY));
  const made = await connections(members);
  const killed = await stretch(members, async () => {
    await server.kill();
    await pass(AWAY);
    await server.start();
  });
  const remade = (await connections(members)) - made;

  const figures = new Figures('restart', `a call of three, the server killed with SIGKILL and started again after ${AWAY} ms`);
  // Every picture that was decoded is one that was not lost; what stands still for long counts as a freeze in the
  // statistics of WebRTC itself (more than the usual gap by 150 ms, and three times of it).
  figures.atMost('media lost: pictures', Math.max(0, killed.frozen - calm.frozen), 0, 'ms');
  figures.atMost('media lost: sound, beyond the calm stretch', Math.max(0, killed.concealed - calm.concealed), 20, 'ms');
  figures.atMost('connections made anew', remade, 0, '');
  figures.note('longest gap between two pictures', killed.gap, 'ms', calm.gap);
  figures.note('pictures shown per second and person', killed.rate, '/s', calm.rate);
  figures.report();
} finally {
  await browser.close();
  await server.stop();
}

async function stretch(members, happens) {
  const start = performance.now();
  const before = await Promise.all(members.map(look));
  await happens();
  await pass(AFTERWARDS);
  const after = await Promise.all(members.map(look));
  const seconds = (performance.now() - start) / 1000;
  const sum = (key) => after.reduce((total, one, i) => total + one[key] - before[i][key], 0);
  const gap = Math.max(...after.map(({ times }, i) => longestGap(times, before[i].now)));
  return { gap, frozen: sum('frozen') * 1000, concealed: sum('concealed') / 48, rate: sum('frames') / seconds / members.length / (members.length - 1) };
}

/** What a person has seen and heard of the others by now. */
function look({ page }) {
  return page.evaluate(async () => {
    const { frames, received } = window.__watch;
    const seen = { now: performance.now(), times: [...frames.values()], frozen: 0, concealed: 0, frames: 0 };
    for (const video of frames.keys()) {
      const got = await received(video);
      for (const key of ['frozen', 'concealed', 'frames']) seen[key] += got[key];
    }
    return seen;
  });
}

function longestGap(streams, since) {
  const gaps = streams.flatMap((times) => {
    const seen = [since, ...times.filter((time) => time > since)];
    return seen.slice(1).map((time, i) => time - seen[i]);
  });
  return Math.max(...gaps);
}

async function connections(members) {
  const made = await Promise.all(members.map(({ page }) => page.evaluate(() => window.__watch.counts().made)));
  return made.reduce((sum, count) => sum + count, 0);
}
