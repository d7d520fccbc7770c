// Sound through the system's devices: a microphone and a speaker that only exist within PulseAudio.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { proof } from '../harness/evidence.mjs';
import { scratch } from '../harness/paths.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { beeps, startSound, wav } from '../harness/sound.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

/** What is sung into the program's microphone, what into the browser's, and what into nobody's, in hertz. */
const [OURS, THEIRS, NOBODYS] = [1000, 1700, 2300];

const folder = scratch('song');
let server, browser, display, sound;

before(async () => {
  const song = path.join(folder, 'song.wav');
  await fs.writeFile(song, wav(beeps(THEIRS, 1)));
  server = await startServer();
  browser = await startBrowser({ sound: song });
  display = await startDisplay();
  sound = await startSound();
});

after(async () => {
  await sound?.close();
  await display?.close();
  await browser?.close();
  await server?.stop();
  await fs.rm(folder, { recursive: true });
});

proof('what is said into the microphone is heard in the browser, and what the browser says comes from the speaker', async () => {
  const room = 'sound';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', args: [], env: sound.env });
  try {
    await kaguya.click('Join');
    await Promise.all([kaguya.sees(['Luna']), luna.sees(['Kaguya'])]);
    const singing = await sound.sing(OURS);
    try {
      await luna.seesAndHears('Kaguya', { picture: false });
      await hears(luna, 'Kaguya', OURS);
    } finally {
      singing.kill();
    }
    await until('the speaker plays what the browser says', async () => {
      const [theirs, ours, nobodys] = await sound.speaker([THEIRS, OURS, NOBODYS]);
      if (!(theirs > 0.01 && theirs > 10 * ours && theirs > 10 * nobodys)) throw new Error(JSON.stringify({ theirs, ours, nobodys }));
      return true;
    });
    assert.equal(await kaguya.close(), 0);
    await luna.sees([]);
    await until('the speaker is silent', async () => (await sound.speaker([THEIRS]))[0] < 0.001);
  } finally {
    await kaguya.kill();
  }
});

/** Waits until the loudest that comes from somebody, over a second, is this tone. */
function hears(member, name, hertz) {
  return until(`${member.name} hears ${hertz} Hz of ${name}`, async () => {
    const heard = await member.tile(name).locator('audio').evaluate(async (audio) => {
      const context = new AudioContext();
      try {
        const analyser = context.createAnalyser();
        analyser.fftSize = 8192;
        context.createMediaStreamSource(audio.srcObject).connect(analyser);
        const bins = new Float32Array(analyser.frequencyBinCount);
        let loudest = { hertz: 0, decibels: -Infinity };
        for (const end = performance.now() + 1_100; performance.now() < end; ) {
          await new Promise((next) => setTimeout(next, 50));
          analyser.getFloatFrequencyData(bins);
          const [decibels, bin] = bins.reduce((best, value, at) => (value > best[0] ? [value, at] : best), [-Infinity, 0]);
          if (decibels > loudest.decibels) loudest = { hertz: (bin * context.sampleRate) / analyser.fftSize, decibels };
        }
        return { ...loudest, playing: !audio.paused && audio.currentTime > 0 };
      } finally {
        await context.close();
      }
    });
    if (!(Math.abs(heard.hertz - hertz) < 15 && heard.decibels > -50 && heard.playing)) throw new Error(JSON.stringify(heard));
    return true;
  });
}
