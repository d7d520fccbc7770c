// From the click on Join to the first frame of the other person, the product and the floor page in turn.

import { startBrowser } from '../../browser/harness/browser.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures, percentile } from '../figures.mjs';
import { startFloor } from '../floor/server.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 20);
const VIDEO = '640x480@30';

const browser = await startBrowser({ fps: 30 });
const server = await startServer({ env: { TSUKIYO_LOG: 'warn' } });
const floor = await startFloor();

try {
  const taken = { product: [], floor: [] };
  const usable = [];
  // The first round warms up what a person's browser has warm as well: device, codecs, shaders.
  for (let round = 0; round <= ROUNDS; round++) {
    const [product, bare] = [await productRound(round), await floorRound(round)];
    const ready = await timeToJoin();
    if (round === 0) continue;
    taken.product.push(product);
    taken.floor.push(bare);
    usable.push(ready);
  }
  const figures = new Figures('join', `${ROUNDS} rounds in turn, two browsers' worth of pages, ${VIDEO}`);
  const beside = (name, p, most) =>
    figures.beside(name, percentile(taken.product, p), percentile(taken.floor, p), most, 'ms');
  beside('click on Join → first frame of the other, p50', 0.5, 1.4);
  beside('click on Join → first frame of the other, p95', 0.95, 2);
  figures.atMost('navigation → Join usable, cold cache, p50', percentile(usable, 0.5), 700, 'ms');
  figures.note('navigation → Join usable, cold cache, p95', percentile(usable, 0.95), 'ms');
  figures.report();
} finally {
  await browser.close();
  await server.stop();
  floor.stop();
}

async function productRound(round) {
  const room = `join-${round}`;
  const query = `video=${VIDEO}`;
  const here = await openLobby(await browser.person(), server, { room, name: 'Here', query });
  const comes = await openLobby(await browser.person(), server, { room, name: 'Comes', query });
  await here.join();
  await comes.ready();
  await comes.clickJoin();
  return firstFrame(comes.page);
}

async function floorRound(round) {
  const [here, comes] = [await browser.person(), await browser.person()];
  await here.goto(`${floor.url}/?room=${round}&video=${VIDEO}&waits`);
  await comes.goto(`${floor.url}/?room=${round}&video=${VIDEO}`);
  await here.click('#join:enabled');
  await comes.click('#join:enabled');
  return firstFrame(comes);
}

async function firstFrame(page) {
  const probe = () => page.evaluate(() => window.__watch.firstFrame && window.__watch.firstFrame - window.__watch.clicked);
  const taken = await until('the first frame', probe);
  await browser.empty();
  return taken;
}

/** How long a first visit takes until the button can be pressed. Nothing is in this person's cache. */
async function timeToJoin() {
  const page = await browser.person();
  await page.addInitScript(() => {
    const look = () => {
      const button = document.querySelector('form button[type="submit"]');
      if (button && !button.disabled && button.checkVisibility()) window.__usable = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(`${server.url}/room/cold`, { waitUntil: 'commit' });
  const taken = await until('Join is usable', () => page.evaluate(() => window.__usable), { every: 20 });
  await browser.empty();
  return taken;
}
