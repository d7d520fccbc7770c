// Four browsers in one call: pictures that come, freezes, and what the browsers compute, product and floor page in turn.

import { setTimeout as pass } from 'node:timers/promises';
import { startBrowser } from '../../browser/harness/browser.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures, percentile } from '../figures.mjs';
import { startFloor } from '../floor/server.mjs';
import { cpuSeconds, spentBetween } from '../processes.mjs';

const PEOPLE = ['Luna', 'Kaguya', 'Okina', 'Midori'];
const ROUNDS = Number(process.env.ROUNDS ?? 1);
const SECONDS = Number(process.env.SECONDS ?? 15);
const VIDEO = process.env.VIDEO ?? '320x240@15';
/** Frames of everybody that must have come before the call counts as settled. */
const SETTLED = 45;

const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });
const floor = await startFloor();

try {
  const measured = { product: [], floor: [] };
  let pictures;
  for (let round = 0; round < ROUNDS; round++) {
    measured.product.push(await measure(async (browsers) => {
      const pages = await productCall(browsers, round);
      pictures = await pages[0].evaluate(sizes);
      return pages;
    }));
    measured.floor.push(await measure((browsers) => floorCall(browsers, round, pictures)));
  }
  const figures = new Figures(
    'mesh',
    `${PEOPLE.length} browsers in a call, ${VIDEO}, ${ROUNDS} round(s) of ${SECONDS} s in turn; the floor shows its pictures in ` +
      `the product's sizes (${pictures.self}, ${pictures.other})`,
  );
  const middle = (of, what) => percentile(measured[of].map((round) => round[what]), 0.5);
  figures.beside("the browsers' CPU seconds", middle('product', 'cpu'), middle('floor', 'cpu'), 1.15, 's');
  figures.note('frames a second received, of each by each', middle('product', 'rate'), '/s', middle('floor', 'rate'));
  figures.note('  the least of one pair', middle('product', 'least'), '/s', middle('floor', 'least'));
  figures.note('freezes, all pairs together', middle('product', 'freezes'), '', middle('floor', 'freezes'));
  figures.note('  for how long', middle('product', 'frozen'), 's', middle('floor', 'frozen'));
  figures.report();
} finally {
  await server.stop();
  floor.stop();
}

/** What a call that `begin` begins costs and brings, in browsers of its own. */
async function measure(begin) {
  const browsers = await Promise.all(PEOPLE.map(() => startBrowser({ fps: 15 })));
  try {
    const pages = await begin(browsers);
    for (const page of pages) {
      await until('the call is settled', async () => {
        const pairs = await page.evaluate(received);
        return pairs.length === PEOPLE.length - 1 && pairs.every(({ frames }) => frames > SETTLED);
      }, { within: 60_000 });
    }
    const roots = await Promise.all(browsers.map((browser) => browser.pid()));
    const look = async () => ({
      cpu: new Map(roots.flatMap((root) => [...cpuSeconds(root)])),
      pairs: (await Promise.all(pages.map((page) => page.evaluate(received)))).flat(),
      at: performance.now(),
    });
    const before = await look();
    // This is the one wait for time and not for a condition: it is the time that is measured.
    await pass(SECONDS * 1000);
    const after = await look();
    const seconds = (after.at - before.at) / 1000;
    const grown = (what) => after.pairs.map((pair, nth) => pair[what] - before.pairs[nth][what]);
    const sum = (values) => values.reduce((all, value) => all + value, 0);
    const rates = grown('frames').map((frames) => frames / seconds);
    return {
      cpu: spentBetween(before.cpu, after.cpu),
      rate: sum(rates) / rates.length,
      least: Math.min(...rates),
      freezes: sum(grown('freezes')),
      frozen: sum(grown('frozen')),
    };
  } finally {
    for (const browser of browsers) await browser.close();
  }
}

async function productCall(browsers, round) {
  const pages = [];
  for (const [nth, name] of PEOPLE.entries()) {
    const member = await openLobby(await browsers[nth].person(), server, { room: `mesh-${round}`, query: `video=${VIDEO}`, name });
    await member.join();
    pages.push(member.page);
  }
  return pages;
}

async function floorCall(browsers, round, { self, other }) {
  const pages = [];
  for (const [nth, me] of PEOPLE.entries()) {
    const page = await browsers[nth].person();
    await page.goto(`${floor.url}/mesh?room=${round}&me=${me}&video=${VIDEO}&self=${self}&other=${other}`);
    await page.click('#join:enabled');
    pages.push(page);
  }
  return pages;
}

/** Runs in a page: how large the own and the others' pictures are shown. */
function sizes() {
  const shown = { self: '0x0', other: '0x0' };
  for (const video of document.querySelectorAll('video')) {
    const { width, height } = video.getBoundingClientRect();
    shown[window.__watch.isRemote(video) ? 'other' : 'self'] = `${Math.round(width)}x${Math.round(height)}`;
  }
  return shown;
}

/** Runs in a page: what has come of each of the others. */
function received() {
  const videos = [...document.querySelectorAll('video')].filter(window.__watch.isRemote);
  return Promise.all(videos.map((video) => window.__watch.received(video)));
}
