// What Chromium computes for two tabs in a call, product and floor page in turn.

import { setTimeout as pass } from 'node:timers/promises';
import { startBrowser } from '../../browser/harness/browser.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures, percentile } from '../figures.mjs';
import { startFloor } from '../floor/server.mjs';
import { cpuSeconds, kind, spentBetween } from '../processes.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 4);
const SECONDS = Number(process.env.SECONDS ?? 10);
const VIDEO = '320x240@15';
/** Frames that must have come before the call counts as settled: bandwidth and jitter are estimated by then. */
const SETTLED = 45;

const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });
const floor = await startFloor();

try {
  const spent = { product: [], floor: [] };
  const parts = { product: new Map(), floor: new Map() };
  let pictures;
  for (let round = 0; round < ROUNDS; round++) {
    spent.product.push(await measure(parts.product, async (browser) => {
      const pages = await productCall(browser, round);
      pictures = await pages[0].evaluate(sizes);
      return pages;
    }));
    spent.floor.push(await measure(parts.floor, (browser) => floorCall(browser, round, pictures)));
  }
  const figures = new Figures(
    'cpu',
    `two tabs in a call, ${VIDEO}, ${ROUNDS} rounds of ${SECONDS} s in turn; the floor shows its two pictures in the ` +
      `product's sizes (${pictures.self}, ${pictures.other})`,
  );
  const percent = (values) => (percentile(values, 0.5) / SECONDS) * 100;
  figures.beside("Chromium's CPU, all its processes", percent(spent.product), percent(spent.floor), 1.2, '% of a core');
  const per = (sum) => (sum / ROUNDS / SECONDS) * 100;
  for (const [name, seconds] of parts.product) {
    if (per(seconds) < 0.1) continue;
    figures.note(`  of which ${name}`, per(seconds), '% of a core', per(parts.floor.get(name) ?? 0));
  }
  figures.report();
} finally {
  await server.stop();
  floor.stop();
}

/** CPU seconds of a browser of its own while the call that `begin` begins goes on. */
async function measure(parts, begin) {
  const browser = await startBrowser({ fps: 15 });
  try {
    const pages = await begin(browser);
    for (const page of pages) await until('the call is settled', async () => (await page.evaluate(frames)) > SETTLED);
    const root = await browser.pid();
    const before = cpuSeconds(root);
    // This is the one wait for time and not for a condition: it is the time that is measured.
    await pass(SECONDS * 1000);
    const after = cpuSeconds(root);
    for (const [pid, seconds] of after) {
      const name = kind(pid);
      parts.set(name, (parts.get(name) ?? 0) + seconds - (before.get(pid) ?? 0));
    }
    return spentBetween(before, after);
  } finally {
    await browser.close();
  }
}

async function productCall(browser, round) {
  const options = { room: `cpu-${round}`, query: `video=${VIDEO}` };
  const pages = [];
  for (const name of ['Luna', 'Kaguya']) {
    const member = await openLobby(await browser.person(), server, { ...options, name });
    await member.join();
    pages.push(member.page);
  }
  return pages;
}

async function floorCall(browser, round, { self, other }) {
  const pages = [];
  for (const role of ['&waits', '']) {
    const page = await browser.person();
    await page.goto(`${floor.url}/?room=${round}&video=${VIDEO}&self=${self}&other=${other}${role}`);
    await page.click('#join:enabled');
    pages.push(page);
  }
  return pages;
}

/** Runs in a page: how large the own and the other's picture are shown. */
function sizes() {
  const shown = { self: '0x0', other: '0x0' };
  for (const video of document.querySelectorAll('video')) {
    const { width, height } = video.getBoundingClientRect();
    shown[window.__watch.isRemote(video) ? 'other' : 'self'] = `${Math.round(width)}x${Math.round(height)}`;
  }
  return shown;
}

/** Runs in a page: how many frames of the other were decoded. */
async function frames() {
  const video = [...document.querySelectorAll('video')].find(window.__watch.isRemote);
  return (await window.__watch.received(video)).frames;
}
