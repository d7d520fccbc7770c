// Pictures and sounds by which a person is known again in a recording.

import fs from 'node:fs/promises';
import path from 'node:path';

const RATE = 48_000;
const WIDTH = 160;
const HEIGHT = 120;
const FRAMES = 20;

/** Writes a WAV file of one tone, which joins itself without a click. Returns its path. */
export async function tone(folder, hertz) {
  const samples = Buffer.alloc(RATE * 2);
  for (let at = 0; at < RATE; at++) {
    samples.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * at) / RATE)), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // mono
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  const file = path.join(folder, `${hertz}.wav`);
  await fs.writeFile(file, Buffer.concat([head, samples]));
  return file;
}

/** Writes a Y4M film of one colour (as `[y, u, v]`) across which a white bar runs. Returns its path. */
export async function field(folder, name, [y, u, v]) {
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F15:1 Ip A1:1 C420jpeg\n`)];
  for (let frame = 0; frame < FRAMES; frame++) {
    const luma = Buffer.alloc(WIDTH * HEIGHT, y);
    const bar = Math.round((frame / FRAMES) * WIDTH);
    for (let row = 0; row < HEIGHT; row++) luma.fill(235, row * WIDTH + bar, row * WIDTH + Math.min(bar + 8, WIDTH));
    const chroma = (value) => Buffer.alloc((WIDTH * HEIGHT) / 4, value);
    parts.push(Buffer.from('FRAME\n'), luma, chroma(u), chroma(v));
  }
  const file = path.join(folder, `${name}.y4m`);
  await fs.writeFile(file, Buffer.concat(parts));
  return file;
}
