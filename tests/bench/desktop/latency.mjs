// How old a picture is when it is shown, and how long one waits for the first.

import { enterDesktop } from '../../browser/harness/desktop.mjs';
import { enter, openLobby } from '../../browser/harness/room.mjs';
import { until } from '../../browser/harness/until.mjs';
import { percentile } from '../figures.mjs';
import { VIDEO, measuring, meet, withServer } from './call.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);

/** From the moment at which the pattern is drawn to that at which the browser hands it to the screen, by the time in it. */
export function latency(figures) {
  return withServer(async (server, browser) => {
    const { luna, kaguya } = await meet(server, browser, 'latency');
    await luna.tile('Kaguya').locator('video').evaluate(watchAges);
    await measuring();
    const ages = await luna.page.evaluate(() => window.__ages);
    figures.atMost('pattern → browser, by the time in the picture, p50', percentile(ages, 0.5), 150, 'ms');
    figures.note('  p95', percentile(ages, 0.95), 'ms');
    figures.note('  pictures read', ages.length, '');
    await kaguya.leave();
  });
}

/** From joining to the first picture of the other. */
export function join(figures) {
  return withServer(async (server, browser) => {
    const [program, page] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const luna = await enter(browser, server, { room: `comes-${round}`, name: 'Luna', query: `video=${VIDEO}` });
      const kaguya = await enterDesktop(server, { room: `comes-${round}`, name: 'Kaguya', video: VIDEO });
      program.push(await until('the first picture', () => kaguya.person('Luna')?.firstFrame));
      await luna.seesAndHears('Kaguya');
      const other = await openLobby(await browser.person(), server, { room: `comes-${round}`, name: 'Okina', query: `video=${VIDEO}` });
      await luna.leave();
      await kaguya.sees([]);
      await other.ready();
      await other.clickJoin();
      page.push(await until('the first picture', () => other.page.evaluate(() => window.__watch.firstFrame && window.__watch.firstFrame - window.__watch.clicked)));
      await kaguya.leave();
      await browser.empty();
    }
    figures.note('the program joins → its first picture of the browser, p50', percentile(program, 0.5), 'ms');
    figures.note('click on Join → the browser’s first picture of the program, p50', percentile(page, 0.5), 'ms');
  });
}

/** Runs in the page: reads the time off every picture. */
function watchAges(video) {
  window.__ages = [];
  const BITS = 16;
  const canvas = new OffscreenCanvas(BITS, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const look = () => {
    const now = Date.now();
    const { videoWidth: width, videoHeight: height } = video;
    const bar = Math.floor(width / BITS);
    // The middle of each bar, in the upper of both rows.
    for (let bit = 0; bit < BITS; bit += 1) {
      context.drawImage(video, bit * bar + bar / 4, (height * 25) / 32, bar / 2, height / 16, bit, 0, 1, 1);
    }
    const { data } = context.getImageData(0, 0, BITS, 1);
    let time = 0;
    for (let bit = 0; bit < BITS; bit += 1) time = time * 2 + (data[bit * 4] > 128 ? 1 : 0);
    window.__ages.push((now - time) & 0xffff);
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}
