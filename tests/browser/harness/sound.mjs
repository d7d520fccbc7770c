// A sound server of one's own: what is played into the room is the microphone, and what the speaker plays can be looked at.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { amplitude } from './film.mjs';
import { scratch } from './paths.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);
const RATE = 48_000;
const FORMAT = ['--latency-msec=20', `--rate=${RATE}`, '--channels=1', '--format=s16le', '--raw'];

/** Starts PulseAudio with a microphone and a speaker that exist within it only. `env` lets programs find it. */
export async function startSound() {
  const folder = scratch('sound');
  const env = { PULSE_SERVER: `unix:${folder}/socket`, PULSE_COOKIE: path.join(folder, 'cookie') };
  const all = { ...process.env, ...env, PULSE_RUNTIME_PATH: folder, HOME: folder, XDG_RUNTIME_DIR: folder };
  const modules = [
    `module-native-protocol-unix socket=${folder}/socket auth-anonymous=1`,
    'module-null-sink sink_name=speaker',
    'module-null-sink sink_name=room',
  ];
  const args = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', ...modules.flatMap((module) => ['-L', module])];
  await fs.writeFile(env.PULSE_COOKIE, Buffer.alloc(256, 7));
  const daemon = spawn('pulseaudio', args, { env: all, stdio: 'ignore' });
  await until('there is sound', () => run('pactl', ['info'], { env: all }));
  await run('pactl', ['set-default-sink', 'speaker'], { env: all });
  await run('pactl', ['set-default-source', 'room.monitor'], { env: all });
  return {
    env,
    /** Sings into the microphone until the process that this returns is killed. */
    async sing(hertz) {
      const song = path.join(folder, `${hertz}.raw`);
      await fs.writeFile(song, beeps(hertz, 60));
      return spawn('pacat', ['--device=room', ...FORMAT, song], { env: all, stdio: 'ignore' });
    },
    /** The mean amplitudes of these tones in what the speaker plays within the next 1.2 s, full scale being 1. */
    async speaker(frequencies) {
      const recorder = spawn('parec', ['--device=speaker.monitor', ...FORMAT], { env: all, stdio: ['ignore', 'pipe', 'ignore'] });
      const parts = [];
      for await (const part of recorder.stdout) {
        parts.push(part);
        if (parts.reduce((sum, { length }) => sum + length, 0) > RATE * 2 * 1.2) break;
      }
      recorder.kill();
      const bytes = Buffer.concat(parts);
      const samples = Float32Array.from({ length: bytes.length >> 1 }, (_, at) => bytes.readInt16LE(at * 2) / 32_768);
      return frequencies.map((hertz) => amplitude(samples, hertz / RATE));
    },
    async close() {
      const ended = once(daemon, 'exit');
      daemon.kill();
      await ended;
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

/** A tone for a third of every second: one that never ceases would pass for noise, which need not be sent. */
export function beeps(hertz, seconds) {
  const samples = Buffer.alloc(RATE * 2 * seconds);
  for (let at = 0; at < RATE * seconds; at += 1) {
    if (at % RATE < RATE / 3) samples.writeInt16LE(Math.round(Math.sin((at * hertz * 2 * Math.PI) / RATE) * 9_000), at * 2);
  }
  return samples;
}

/** A WAV file of 16 bits a sample, one channel, 48 kHz. */
export function wav(samples) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
