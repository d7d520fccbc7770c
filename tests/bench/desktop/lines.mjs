// What bad lines do: freezes, sound that is made up, and how long it takes to be back. It takes network namespaces.

import { setTimeout as pass } from 'node:timers/promises';
import { program } from '../../browser/harness/desktop.mjs';
import { makePlaces, noPlaces } from '../../browser/harness/places.mjs';
import { SECONDS, measuring, meet, withServer } from './call.mjs';

/** How long a line is bad before it is measured. */
const SETTLING = 5;
const CUT = 8;

export async function lines(figures) {
  const skip = noPlaces();
  if (skip) return console.log(`  skipped: ${skip}`);
  const places = makePlaces(2);
  try {
    await withServer(async (server, browser) => {
      const call = (room) => meet(server, browser, room, { executable: places.executable(0, program()) });
      const bad = [
        ['a good line', () => {}],
        ['5 % lost', () => places.lose(0, 5)],
        ['15 % lost', () => places.lose(0, 15)],
        ['300 kbit/s', () => {
          places.narrow(0, '300kbit');
          places.narrowIn(0, '300kbit');
        }],
      ];
      for (const [name, spoil] of bad) {
        const { luna, kaguya } = await call(name.replaceAll(/\W+/g, '-'));
        spoil();
        await measuring(SETTLING);
        await watched(figures, name, luna, kaguya);
        await end(places, luna, kaguya);
      }
      const cut = await call('cut');
      places.lose(0, 100);
      await pass(CUT * 1000);
      places.lose(0, 0);
      await back(figures, cut);
      await end(places, cut.luna, cut.kaguya);
      places.part([0, 1]);
      const relayed = await call('relay');
      await watched(figures, 'the relay only', relayed.luna, relayed.kaguya);
      await end(places, relayed.luna, relayed.kaguya);
    }, { places, ports: { 'turn-port': 0 } });
  } finally {
    places.close();
  }
}

/** What both see while the line is as it is. */
async function watched(figures, name, luna, kaguya) {
  const look = async () => ({ browser: await luna.received('Kaguya'), program: { ...kaguya.person('Luna'), told: kaguya.told } });
  const before = await look();
  await measuring();
  const after = await look();
  const grown = (side, what) => after[side][what] - before[side][what];
  figures.note(`${name}: the browser shows`, grown('browser', 'frames') / SECONDS, '/s');
  figures.note('  and stood still for', grown('browser', 'frozen'), `s of ${SECONDS}`);
  figures.note('  of its sound was made up', (grown('browser', 'concealed') / grown('browser', 'samples')) * 100, '%');
  figures.note('  the program shows', grown('program', 'frames') / grown('program', 'told'), '/s');
  figures.note('  and stood still for', grown('program', 'frozen'), `s of ${SECONDS}`);
}

/** How long after a cut each sees and hears the other again. */
async function back(figures, { luna, kaguya }) {
  const free = performance.now();
  const before = { browser: await luna.received('Kaguya'), program: kaguya.person('Luna') };
  const since = async (what, probe) => {
    for (;;) {
      if (await probe()) return (performance.now() - free) / 1000;
      if (performance.now() - free > 60_000) throw new Error(`not within a minute: ${what}`);
      await pass(50);
    }
  };
  const [seen, heard, sees, hears] = await Promise.all([
    since('the browser sees', async () => (await luna.received('Kaguya')).frames > before.browser.frames),
    since('the browser hears', async () => (await luna.received('Kaguya')).energy > before.browser.energy + 1e-4),
    since('the program sees', () => kaguya.person('Luna').frames > before.program.frames),
    since('the program hears', () => kaguya.person('Luna').energy > before.program.energy + 1e-4),
  ]);
  figures.note(`after a cut of ${CUT} s: the browser sees again after`, seen, 's');
  figures.note('  and hears', heard, 's');
  figures.note('  the program sees (it tells once a second)', sees, 's');
  figures.note('  and hears', hears, 's');
}

async function end(places, luna, kaguya) {
  places.lose(0, 0);
  places.widen(0);
  places.part([0, 1], false);
  await kaguya.kill();
  await luna.page.context().close();
}
