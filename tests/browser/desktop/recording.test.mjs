// What the program records: one file, a track for everybody's pictures and one for each voice, also when it is killed.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { startBrowser } from '../harness/browser.mjs';
import { Desktop, enterDesktop } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { play, tones } from '../harness/film.mjs';
import { scratch } from '../harness/paths.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { beeps, wav } from '../harness/sound.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

const run = promisify(execFile);
/** What each says, in hertz. The program that plays its pattern says 440. */
const PITCHES = { Luna: 1000, Hime: 440 };

const folder = scratch('film');
let server, browser, display;

before(async () => {
  const song = path.join(folder, 'song.wav');
  await fs.writeFile(song, wav(beeps(PITCHES.Luna, 1)));
  server = await startServer();
  browser = await startBrowser({ sound: song });
  display = await startDisplay();
});

after(async () => {
  await display?.close();
  await browser?.close();
  await server?.stop();
  await fs.rm(folder, { recursive: true, force: true });
});

proof('everybody is in one file, who came later too, and it plays after the program was killed', async () => {
  const room = 'film';
  const file = path.join(folder, 'killed.webm');
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enterDesktop(server, { room, name: 'Kaguya', record: file });
  try {
    await luna.page.getByText('Kaguya is recording').waitFor();
    await kaguya.seesAndHears('Luna');
    await lasts(kaguya, 4);
    const hime = await enterDesktop(server, { room, name: 'Hime' });
    await kaguya.seesAndHears('Hime');
    await lasts(kaguya, 5);
    await kaguya.kill();
    await hime.leave();
    await hasBoth(file, { seconds: 8 });
  } finally {
    await kaguya.kill();
  }
});

proof('a recording that is ended has an index, and no other file is written over', async () => {
  const room = 'index';
  const file = path.join(folder, 'ended.webm');
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enterDesktop(server, { room, name: 'Kaguya', record: file });
  const hime = await enterDesktop(server, { room, name: 'Hime' });
  try {
    await Promise.all([kaguya.seesAndHears('Luna'), kaguya.seesAndHears('Hime')]);
    await lasts(kaguya, 6);
    assert.equal(await kaguya.leave(), 0);
    await luna.page.getByText('Kaguya is recording').waitFor({ state: 'detached' });
    await hasBoth(file, { seconds: 6 });
    // A player that jumps has to find the index, or else reads all before it.
    const { stderr } = await run('ffprobe', ['-v', 'verbose', file]);
    assert.doesNotMatch(stderr, /unknown-sized|truncat/i);
    assert.ok((await fs.readFile(file)).includes(Buffer.from('1c53bb6b', 'hex')));

    const again = new Desktop(server, { room, name: 'Kaguya', record: file });
    assert.equal(await again.ended(), 1);
    assert.match(again.log, /nothing can be recorded there/);
  } finally {
    await kaguya.kill();
    await hime.kill();
  }
});

proof('in the window one records everybody and oneself, with a pause, and is told where it is', async () => {
  const room = 'button';
  const home = path.join(folder, 'home');
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', env: { HOME: home } });
  const text = (of) => kaguya.evaluate((of) => document.querySelector(of)?.textContent ?? '', of);
  const elapsed = async () => {
    const [minutes, seconds] = (await text('.record-time')).split(':').map(Number);
    return minutes * 60 + seconds;
  };
  const reaches = (seconds) => until(`${seconds} s are recorded`, async () => (await elapsed()) >= seconds);
  try {
    await kaguya.click('Join');
    await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesMoving('Luna')]);
    await kaguya.click('More');
    await kaguya.click('Record');
    await kaguya.click('Start recording');
    await luna.page.getByText('Kaguya is recording').waitFor();
    await reaches(4);
    await kaguya.click('Pause');
    await until('it pauses', async () => (await text('.record-space')).includes('Paused'));
    const before = await elapsed();
    await luna.seesAndHears('Kaguya');
    assert.ok((await elapsed()) <= before + 1, 'what happens in a pause is left out');
    await kaguya.click('Resume');
    await reaches(before + 4);
    await kaguya.click('Stop');
    const place = path.join(home, 'Videos/Tsukiyo');
    await until('it is told where it is', async () => (await kaguya.evaluate(() => document.body.textContent)).includes(`They are in ${place}.`));
    await until('it is listed', async () => (await kaguya.evaluate(() => document.querySelectorAll('.kept-list li').length)) === 1);
    await luna.page.getByText('Kaguya is recording').waitFor({ state: 'detached' });
    const files = await fs.readdir(place);
    assert.equal(files.length, 1);
    await hasBoth(path.join(place, files[0]), { seconds: 7, said: { Luna: PITCHES.Luna, Kaguya: 440 } });
  } finally {
    await kaguya.kill();
  }
});

/** Waits until so many more seconds are on the disk. */
async function lasts(desktop, seconds) {
  const before = desktop.status.recording.seconds;
  await until(`${seconds} more seconds are written`, () => {
    desktop.mustLive();
    assert.equal(desktop.status.recording.trouble, null);
    return desktop.status.recording.seconds >= before + seconds;
  });
}

/** Proves that everybody's pictures move, and that each says what it says and nothing else. */
async function hasBoth(file, { seconds, said: saying = PITCHES }) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file]);
  const { format, streams } = JSON.parse(stdout);
  assert.ok(Number(format.duration) >= seconds && Number(format.duration) < seconds + 30, `${format.duration} s`);
  const played = await play(file);
  assert.equal(played.complaints, '');
  for (const [name, pitch] of Object.entries(saying)) {
    const own = streams.filter(({ tags }) => tags?.title === name);
    assert.deepEqual(own.map(({ codec_name }) => codec_name).sort(), ['opus', 'vp8'], name);
    const video = own.find(({ codec_type }) => codec_type === 'video');
    const audio = own.find(({ codec_type }) => codec_type === 'audio');
    const frames = await run('ffmpeg', ['-v', 'error', '-i', file, '-map', `0:${video.index}`, '-fps_mode', 'passthrough', '-f', 'framehash', '-']);
    const hashes = frames.stdout.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => line.split(',').at(-1));
    assert.ok(hashes.length > 20 && new Set(hashes).size > 10, `${name}: ${hashes.length} frames, ${new Set(hashes).size} of them different`);
    const pitches = [pitch, ...Object.values(saying).filter((other) => other !== pitch), 2300];
    const from = Number(format.duration) - 4;
    const [said, ...others] = await tones(file, pitches, { from, seconds: 3, stream: audio.index });
    // How loud a tone stays is for the browser's noise suppression to say; that it is the only one is not.
    assert.ok(said > 0.001 && others.every((other) => said > 10 * other), `${name}: ${said} against ${others}`);
  }
}
