// The desktop program in one room with a real browser, and with its own kind.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, afterEach, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { Desktop, enterDesktop } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { scratch } from '../harness/paths.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { until } from '../harness/until.mjs';

let server, browser;
let desktops = [];

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

afterEach(async () => {
  await Promise.all(desktops.map((desktop) => desktop.kill()));
  desktops = [];
  await browser.empty();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('a browser and the program see and hear each other, talk, mute and leave', async () => {
  const room = 'two';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await desktop({ room, name: 'Kaguya' });
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  assert.deepEqual(await luna.connections(), { open: 1, made: 1 });

  await luna.openChat();
  await luna.say('from the browser');
  await kaguya.reads(['from the browser']);
  kaguya.ask({ say: 'from the program' });
  await luna.reads(['from the browser', 'from the program']);

  kaguya.ask({ microphone: false });
  await until('Kaguya is muted', async () => (await luna.tile('Kaguya').getAttribute('data-muted')) === 'true');
  await silent(() => luna.received('Kaguya').then(({ energy }) => energy));
  await luna.seesAndHears('Kaguya', { sound: false });
  kaguya.ask({ microphone: true });
  await luna.seesAndHears('Kaguya');

  await luna.switch('Microphone').click();
  await until('Luna is muted', () => kaguya.person('Luna').audio === false);
  await silent(() => kaguya.person('Luna').energy);
  await luna.switch('Camera').click();
  await until('Luna has no picture', () => kaguya.person('Luna').video === false);
  await luna.switch('Camera').click();
  await luna.switch('Microphone').click();
  await kaguya.seesAndHears('Luna');

  kaguya.ask({ camera: false });
  await until('Kaguya has no camera', () => kaguya.status.camera === 'off');
  kaguya.ask({ camera: true });
  await luna.seesAndHears('Kaguya');
  assert.deepEqual(await luna.connections(), { open: 1, made: 1 }, 'nothing of it was a new connection');

  assert.equal(await kaguya.leave(), 0);
  await luna.sees([]);
});

proof('the program is there first, and a browser that is reloaded comes back', async () => {
  const room = 'reload';
  const kaguya = await desktop({ room, name: 'Kaguya' });
  const luna = await enter(browser, server, { room, name: 'Luna' });
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await luna.page.reload();
  await luna.inside();
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await luna.leave();
  await kaguya.sees([]);
});

proof('three of two kinds all see and hear each other, and one that dies is missed', async () => {
  const room = 'three';
  const kaguya = await desktop({ room, name: 'Kaguya' });
  const hime = await desktop({ room, name: 'Hime' });
  const luna = await enter(browser, server, { room, name: 'Luna' });
  await Promise.all([kaguya.sees(['Hime', 'Luna']), hime.sees(['Kaguya', 'Luna']), luna.sees(['Hime', 'Kaguya'])]);
  const pairs = [[kaguya, 'Hime'], [kaguya, 'Luna'], [hime, 'Kaguya'], [hime, 'Luna'], [luna, 'Kaguya'], [luna, 'Hime']];
  await Promise.all(pairs.map(([one, other]) => one.seesAndHears(other)));
  for (const { status } of [kaguya, hime]) assert.deepEqual(status.people.map(({ errors }) => errors), [0, 0]);
  assert.equal(await hime.leave(), 0);
  await Promise.all([kaguya.sees(['Luna']), luna.sees(['Kaguya'])]);
  await Promise.all([kaguya.seesAndHears('Luna'), luna.seesAndHears('Kaguya')]);
});

proof('the call goes on while the server is killed and comes back', async () => {
  const room = 'phoenix';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await desktop({ room, name: 'Kaguya' });
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await server.kill();
  await until('the program misses the server', () => kaguya.status.link === 'lost');
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  kaguya.ask({ say: 'said while it was away' });
  await server.start();
  await kaguya.reads(['said while it was away']);
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  assert.deepEqual(await luna.connections(), { open: 1, made: 1 }, 'nobody had to connect anew');
});

proof('a screen that is shared in the browser is seen by the program', async () => {
  const room = 'share';
  const kaguya = await desktop({ room, name: 'Kaguya' });
  const luna = await enter(browser, server, { room, name: 'Luna' });
  await kaguya.seesAndHears('Luna');
  await luna.shareButton.click();
  await until('the program sees the screen', () => kaguya.person('Luna').screen && kaguya.person('Luna').screenFrames > 3);
  await kaguya.seesAndHears('Luna');
});

proof('files are played, and what is none is refused with what would be right', async () => {
  const folder = scratch('files');
  const [pictures, sound, other] = ['x.y4m', 'x.wav', 'x.gif'].map((name) => path.join(folder, name));
  await fs.writeFile(pictures, y4m(64, 48, 30));
  await fs.writeFile(sound, wav(1000));
  const room = 'files';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await desktop({ room, name: 'Kaguya', source: [pictures, sound] });
  await luna.seesAndHears('Kaguya');
  assert.equal(await luna.tile('Kaguya').locator('video').evaluate((video) => video.videoWidth), 64);
  assert.equal(await kaguya.leave(), 0);

  const refused = new Desktop(server, { room, name: 'Hime', source: [other] });
  assert.equal(await refused.ended(), 1);
  assert.match(refused.log, /x\.gif is no source.*\.y4m, \.ivf and \.wav/);
  await fs.rm(folder, { recursive: true });
});

async function desktop(options) {
  const desktop = await enterDesktop(server, options);
  desktops.push(desktop);
  return desktop;
}

/** Waits until, for a while, less energy is added than the quietest beep has. The noise that stands for silence has some. */
async function silent(energy) {
  let last, since;
  await until('there is silence', async () => {
    const now = await energy();
    if (!(now - last < 1e-4)) [last, since] = [now, performance.now()];
    return performance.now() - since > 2_500;
  });
}

/** A film in which a bar moves. */
function y4m(width, height, frames) {
  const parts = [Buffer.from(`YUV4MPEG2 W${width} H${height} F15:1 C420jpeg\n`)];
  for (let frame = 0; frame < frames; frame += 1) {
    const picture = Buffer.alloc((width * height * 3) / 2, 128);
    for (let row = 0; row < height; row += 1) picture.fill(235, row * width + frame, row * width + frame + 16);
    parts.push(Buffer.from('FRAME\n'), picture);
  }
  return Buffer.concat(parts);
}

/** A second of a tone. */
function wav(pitch) {
  const samples = Buffer.alloc(48_000 * 2);
  for (let i = 0; i < 48_000; i += 1) samples.writeInt16LE(Math.sin((i * pitch * 2 * Math.PI) / 48_000) * 9_000, i * 2);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
