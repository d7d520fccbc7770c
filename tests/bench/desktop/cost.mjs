// What the program computes.

import { enterDesktop } from '../../browser/harness/desktop.mjs';
import { cpuSeconds, spentBetween } from '../processes.mjs';
import { SECONDS, VIDEO, measuring, meet, withServer } from './call.mjs';

/** How long a call settles before it is measured: its bandwidth is estimated by then. */
const SETTLING = 5;

/** Pictures both ways with one browser, decoded and encoded, without a window. */
export function cost(figures) {
  return withServer(async (server, browser) => {
    const { luna, kaguya } = await meet(server, browser, 'cost');
    await measuring(SETTLING);
    const [before, seen, came] = [cpuSeconds(kaguya.pid), await luna.received('Kaguya'), kaguya.person('Luna')];
    const told = kaguya.told;
    await measuring();
    const [after, now] = [cpuSeconds(kaguya.pid), await luna.received('Kaguya')];
    const percent = (spentBetween(before, after) / SECONDS) * 100;
    figures.atMost('the program without a window, both ways with one browser', percent, 25, '% of a core');
    figures.note('  pictures a second that the browser shows', (now.frames - seen.frames) / SECONDS, '/s');
    figures.note('  and that the program decodes', (kaguya.person('Luna').frames - came.frames) / (kaguya.told - told), '/s');
    await kaguya.leave();
  });
}

/** Four of the program in one room. */
export function four(figures) {
  return withServer(async (server) => {
    const names = ['Luna', 'Kaguya', 'Okina', 'Midori'];
    const all = [];
    for (const name of names) all.push(await enterDesktop(server, { room: 'four', name, video: VIDEO }));
    const pairs = all.flatMap((one) => names.filter((name) => name !== one.name).map((name) => [one, name]));
    await Promise.all(pairs.map(([one, name]) => one.seesAndHears(name)));
    await measuring(SETTLING);
    const before = all.map(({ pid }) => cpuSeconds(pid));
    const frames = pairs.map(([one, name]) => ({ told: one.told, frames: one.person(name).frames, freezes: one.person(name).freezes }));
    await measuring();
    const spent = all.reduce((sum, { pid }, nth) => sum + spentBetween(before[nth], cpuSeconds(pid)), 0);
    const rates = pairs.map(([one, name], nth) => (one.person(name).frames - frames[nth].frames) / (one.told - frames[nth].told));
    const freezes = pairs.reduce((sum, [one, name], nth) => sum + one.person(name).freezes - frames[nth].freezes, 0);
    figures.note('four of the program in one room: all together', (spent / SECONDS) * 100, '% of a core');
    figures.note('  pictures a second of each by each, mean', rates.reduce((sum, rate) => sum + rate, 0) / rates.length, '/s');
    figures.note('  the least of one pair', Math.min(...rates), '/s');
    figures.note('  freezes, all pairs together', freezes, '');
    for (const one of all) await one.leave();
  });
}
