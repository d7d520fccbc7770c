// Sound through the system's devices: a microphone and a speaker that only exist within PulseAudio.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { startBrowser } from '../harness/browser.mjs';
import { proof } from '../harness/evidence.mjs';
import { scratch } from '../harness/paths.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

const run = promisify(execFile);
/** What is sung into the microphone, in hertz. */
const PITCH = 1000;

let server, browser, display, sound;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  display = await startDisplay();
  sound = await startSound();
});

after(async () => {
  await sound?.close();
  await display?.close();
  await browser?.close();
  await server?.stop();
});

proof('what is said into the microphone is heard in the browser, and what the browser says comes from the speaker', async () => {
  const room = 'sound';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya', args: [], env: sound.env });
  try {
    await kaguya.click('Join');
    await Promise.all([kaguya.sees(['Luna']), luna.sees(['Kaguya'])]);
    const singing = sound.sing();
    await luna.seesAndHears('Kaguya', { picture: false });
    singing.kill();
    await until('the speaker is heard', async () => {
      const loud = await sound.loudness();
      if (loud < 0.01) throw new Error(`${loud}`);
      return true;
    });
    assert.equal(await kaguya.close(), 0);
    await luna.sees([]);
    await until('the speaker is silent', async () => (await sound.loudness()) < 0.001);
  } finally {
    await kaguya.kill();
  }
});

/** A sound server of our own: what is played to `room` is the microphone, and what the speaker plays can be recorded. */
async function startSound() {
  const folder = scratch('sound');
  const env = {
    PULSE_SERVER: `unix:${folder}/socket`,
    PULSE_COOKIE: path.join(folder, 'cookie'),
    PULSE_RUNTIME_PATH: folder,
    HOME: folder,
    XDG_RUNTIME_DIR: folder,
  };
  const modules = [
    `module-native-protocol-unix socket=${folder}/socket auth-anonymous=1`,
    'module-null-sink sink_name=speaker',
    'module-null-sink sink_name=room',
  ];
  const args = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', ...modules.flatMap((module) => ['-L', module])];
  const all = { ...process.env, ...env };
  await fs.writeFile(env.PULSE_COOKIE, Buffer.alloc(256, 7));
  const daemon = spawn('pulseaudio', args, { env: all, stdio: 'ignore' });
  await until('there is sound', () => run('pactl', ['info'], { env: all }));
  await run('pactl', ['set-default-sink', 'speaker'], { env: all });
  await run('pactl', ['set-default-source', 'room.monitor'], { env: all });
  const song = path.join(folder, 'song.raw');
  const samples = Buffer.alloc(48_000 * 2 * 60);
  for (let i = 0; i < samples.length / 2; i += 1) samples.writeInt16LE(Math.sin((i * PITCH * 2 * Math.PI) / 48_000) * 9_000, i * 2);
  await fs.writeFile(song, samples);
  const format = ['--rate=48000', '--channels=1', '--format=s16le', '--raw'];
  return {
    env: { PULSE_SERVER: env.PULSE_SERVER, PULSE_COOKIE: env.PULSE_COOKIE },
    sing: () => spawn('pacat', ['--device=room', ...format, song], { env: all, stdio: 'ignore' }),
    /** How loud the speaker is within a second, in which the browser's microphone beeps once. */
    async loudness() {
      const recorder = spawn('parec', ['--device=speaker.monitor', ...format], { env: all, stdio: ['ignore', 'pipe', 'ignore'] });
      const parts = [];
      for await (const part of recorder.stdout) {
        parts.push(part);
        if (parts.reduce((sum, { length }) => sum + length, 0) > 48_000 * 2 * 1.2) break;
      }
      recorder.kill();
      const heard = Buffer.concat(parts);
      let sum = 0;
      for (let i = 0; i + 1 < heard.length; i += 2) sum += (heard.readInt16LE(i) / 32_768) ** 2;
      return Math.sqrt(sum / (heard.length / 2));
    },
    async close() {
      const ended = once(daemon, 'exit');
      daemon.kill();
      await ended;
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}
