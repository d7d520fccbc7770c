// What is in a file, as ffmpeg decodes it.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ALL = { encoding: 'buffer', maxBuffer: 1 << 30 };

/** The file's duration in seconds, and its streams by kind. Fails on what cannot be played to its end. */
export async function probe(file) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', file]);
  const { format, streams } = JSON.parse(stdout);
  const kind = (kind) => streams.find(({ codec_type }) => codec_type === kind);
  return { duration: Number(format.duration), video: kind('video'), audio: kind('audio') };
}

/** Decodes all of it, and returns what the decoders complain of, for how many seconds it plays, and how many frames it has. */
export async function play(file) {
  const { stderr, stdout } = await run('ffmpeg', ['-v', 'error', '-progress', '-', '-i', file, '-fps_mode', 'vfr', '-f', 'null', '-']);
  const last = (name) => [...stdout.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].at(-1)[1];
  return { complaints: stderr, seconds: Number(last('out_time_us')) / 1e6, frames: Number(last('frame')) };
}

/** Pictures of the film, `rate` a second from `from` seconds on, as pixels to be asked for their colour. */
export async function pictures(file, { width, height, rate = 2, from = 0, count = 4 }) {
  const args = ['-v', 'error', '-ss', String(from), '-i', file, '-vf', `fps=${rate},scale=${width}:${height}`, '-frames:v', String(count)];
  const { stdout } = await run('ffmpeg', [...args, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], ALL);
  const size = width * height * 3;
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, index) => {
    const bytes = stdout.subarray(index * size, (index + 1) * size);
    return { width, height, bytes, at: (x, y) => [...bytes.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] };
  });
}

/**
 * How strong tones are in the film's sound (or in that stream of it) between two seconds: the amplitude at each frequency, full scale being 1.
 *
 * The mean of short windows (Hann, 50 ms): a busy machine loses samples now and then, after which a tone goes on with another
 * phase, and over the whole the parts would cancel each other.
 */
export async function tones(file, frequencies, { from = 1, seconds = 2, stream } = {}) {
  const rate = 48_000;
  const args = ['-v', 'error', '-ss', String(from), '-t', String(seconds), '-i', file, '-vn', '-ac', '1', '-ar', String(rate)];
  if (stream !== undefined) args.push('-map', `0:${stream}`);
  const { stdout } = await run('ffmpeg', [...args, '-f', 'f32le', '-'], ALL);
  const samples = new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.length / 4));
  return frequencies.map((hertz) => amplitude(samples, hertz / rate));
}

/** The mean amplitude of a tone, of so many turns a sample. */
export function amplitude(samples, turns) {
  const window = 2_400;
  let [sum, count] = [0, 0];
  for (let from = 0; from + window <= samples.length; from += window) {
    let [real, imaginary] = [0, 0];
    for (let at = 0; at < window; at++) {
      const angle = 2 * Math.PI * turns * at;
      const sample = samples[from + at] * Math.sin((Math.PI * at) / window) ** 2;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
    }
    // The window itself takes half.
    sum += (4 * Math.hypot(real, imaginary)) / window;
    count += 1;
  }
  return count && sum / count;
}
