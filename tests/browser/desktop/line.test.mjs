// The desktop program on bad lines: packets that are really lost, a line that is really narrow, a cut, and a relay that is the
// only way. Pictures and sound have to come back by themselves.

import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { enterDesktop, program } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { makePlaces, noPlaces } from '../harness/places.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { until } from '../harness/until.mjs';

const skip = noPlaces();
/** Whose line is bad, and who is elsewhere. */
const [PROGRAM, BROWSER] = [0, 1];
const VIDEO = '640x480@15';
let places, server, browser, desktop;

before(async () => {
  if (skip) return console.log(`  skipped: ${skip}`);
  places = makePlaces(2);
  server = await startServer({ env: { TSUKIYO_HOST: places.address }, ports: { 'turn-port': 0 } });
  browser = await startBrowser({ executable: places.executable(BROWSER), trusted: new URL(server.url).origin });
});

afterEach(async () => {
  await desktop?.kill();
  if (skip) return;
  places.lose(PROGRAM, 0);
  places.widen(PROGRAM);
  places.part([PROGRAM, BROWSER], false);
  await browser.empty();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  places?.close();
});

for (const percent of [5, 15]) {
  proof(`where ${percent} % of all packets are lost, both ways, pictures and sound go on`, { skip }, async () => {
    const luna = await meet(`lossy-${percent}`);
    places.lose(PROGRAM, percent);
    await Promise.all([flows(luna), comes()]);
  });
}

proof('on a line of 300 kbit/s, both ways, pictures are made smaller until they and the sound go through', { skip }, async () => {
  const luna = await meet('narrow');
  places.narrow(PROGRAM, '300kbit');
  places.narrowIn(PROGRAM, '300kbit');
  await Promise.all([flows(luna), comes()]);
});

proof('after a cut pictures and sound are back by themselves', { skip }, async () => {
  const luna = await meet('cut');
  places.lose(PROGRAM, 100);
  await until('the program notices', () => desktop.person('Luna').connection === 'interrupted');
  await until('the browser notices', async () => /Kaguya/.test(await luna.tile('Kaguya').locator('.tile-state').innerText()));
  places.lose(PROGRAM, 0);
  const free = Date.now();
  await Promise.all([flows(luna), comes()]);
  console.log(`  back, steadily, ${((Date.now() - free) / 1000).toFixed(1)} s after the cut`);
  await Promise.all([luna.sees(['Kaguya']), desktop.sees(['Luna'])]);
});

proof('where no packet passes between the two they meet at the relay', { skip }, async () => {
  places.part([PROGRAM, BROWSER]);
  const luna = await meet('relay');
  await Promise.all([flows(luna), comes()]);
  assert.deepEqual(await ends(luna), ['relay', 'relay'], 'what they see has passed the relay');
});

/** Both come into a room and see and hear each other. */
async function meet(room) {
  const luna = await enter(browser, server, { room, name: 'Luna', query: `video=${VIDEO}` });
  desktop = await enterDesktop(server, { room, name: 'Kaguya', video: VIDEO, executable: places.executable(PROGRAM, program()) });
  await Promise.all([luna.seesAndHears('Kaguya'), desktop.seesAndHears('Luna')]);
  return luna;
}

/** Waits for three seconds in which the browser shows at least every second picture, and most of the sound is what was said. */
function flows(luna) {
  let before;
  return until('pictures and sound flow', async () => {
    const now = { at: performance.now(), ...(await luna.received('Kaguya')) };
    before ??= now;
    if (now.at - before.at < 3_000) return false;
    const [seconds, frames] = [(now.at - before.at) / 1_000, now.frames - before.frames];
    const concealed = (now.concealed - before.concealed) / (now.samples - before.samples);
    const heard = now.energy - before.energy;
    const seen = { seconds, frames, concealed, heard };
    before = now;
    if (!(frames / seconds >= 7.5 && concealed < 0.3 && heard > 0)) throw new Error(JSON.stringify(seen));
    return true;
  }, { within: 60_000, every: 250 });
}

/** Waits for three seconds in which the program shows at least every second picture and hears something. */
function comes() {
  let before;
  return until('pictures and sound come', () => {
    desktop.mustLive();
    const now = { told: desktop.told, ...desktop.person('Luna') };
    before ??= now;
    // It tells every second.
    const seconds = now.told - before.told;
    if (seconds < 3) return false;
    const [frames, heard] = [now.frames - before.frames, now.energy - before.energy];
    before = now;
    if (!(frames / seconds >= 7.5 && heard > 1e-6)) throw new Error(JSON.stringify({ seconds, frames, heard }));
    return true;
  }, { within: 60_000, every: 250 });
}

/** What kinds of candidates the pair has that carries: the browser's, and the program's. */
function ends({ page }) {
  return page.evaluate(async () => {
    const [connection] = window.__watch.open();
    const stats = await connection.getStats();
    const { selectedCandidatePairId } = [...stats.values()].find(({ type }) => type === 'transport');
    const pair = stats.get(selectedCandidatePairId);
    return [pair.localCandidateId, pair.remoteCandidateId].map((id) => stats.get(id).candidateType);
  });
}
