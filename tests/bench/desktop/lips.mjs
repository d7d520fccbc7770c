// How far lips and voice are apart in the window, as a person before it has them: what is on the screen and what the speaker plays
// are recorded together, while a browser shows light and sounds a tone at once, every second.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { scratch } from '../../browser/harness/paths.mjs';
import { openLobby } from '../../browser/harness/room.mjs';
import { startSound } from '../../browser/harness/sound.mjs';
import { until } from '../../browser/harness/until.mjs';
import { percentile } from '../figures.mjs';
import { SECONDS, measuring, withServer } from './call.mjs';
import { open, withDisplay } from './window.mjs';

const run = promisify(execFile);
/** A sender reports after a few seconds what belongs together. */
const SETTLING = 8;
/** How often the screen is looked at in a second, and how much of its sound is one sample. */
const RATE = 60;
const SLICE = 0.005;

export async function lips(figures) {
  const sound = await startSound();
  try {
    await withDisplay((display) => withServer(async (server, browser) => {
      const page = await browser.person();
      await page.addInitScript(clap);
      const luna = await openLobby(page, server, { room: 'lips', name: 'Luna', query: 'video=320x240@30' });
      await luna.join();
      const window = open(display, server, ['--room', 'lips', '--name', 'Kaguya', '--join', '--source', 'pattern', '--video', '160x120@5'], sound.env);
      try {
        await luna.sees(['Kaguya']);
        await measuring(SETTLING);
        const apart = await watch(display, sound);
        figures.atMost('lips and voice in the window are apart, p50', Math.abs(percentile(apart, 0.5)), 60, 'ms');
        figures.note('  at the most', Math.max(...apart.map(Math.abs)), 'ms');
        figures.note('  lips before the voice (above 0), p50', percentile(apart, 0.5), 'ms');
        figures.note('  times looked at', apart.length, '');
      } finally {
        await window.close();
      }
    }));
  } finally {
    await sound.close();
  }
}

/** Records screen and speaker for a while. Returns by how many milliseconds each light was before its tone. */
async function watch(display, sound) {
  const folder = scratch('lips');
  try {
    const film = path.join(folder, 'film.mkv');
    const env = { ...display.env, ...sound.env };
    const screen = ['-thread_queue_size', '512', '-f', 'x11grab', '-framerate', String(RATE), '-i', display.env.DISPLAY];
    const speaker = ['-thread_queue_size', '512', '-f', 'pulse', '-fragment_size', '960', '-i', 'speaker.monitor'];
    const small = ['-vf', 'scale=64:40,format=yuv420p', '-c:v', 'ffv1', '-c:a', 'pcm_s16le', '-ac', '1', '-ar', '48000'];
    // Both bear the time of this computer, so that they can be compared.
    const recorder = spawn('ffmpeg', ['-v', 'error', '-copyts', ...screen, ...speaker, ...small, film], { env, stdio: 'ignore' });
    const ended = once(recorder, 'exit');
    await measuring(SECONDS + 2);
    recorder.kill('SIGINT');
    await ended;
    const lights = rises(await values(film, ['-an', '-vf', 'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-']));
    const levels = `asetnsamples=${48_000 * SLICE},astats=metadata=1:reset=1,ametadata=print:key=lavfi.astats.Overall.RMS_level:file=-`;
    const tones = rises((await values(film, ['-vn', '-af', levels])).map(([at, decibels]) => [at, 10 ** (decibels / 20)]));
    await until('there are lights and tones', () => lights.length > 2 && tones.length > 2, { within: 1 });
    return lights.flatMap((light) => {
      const tone = tones.find((tone) => Math.abs(tone - light) < 0.4);
      return tone === undefined ? [] : [(tone - light) * 1000];
    });
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** What a filter of ffmpeg prints of a film: times and values, of which some are "-inf". */
async function values(film, filter) {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', film, ...filter, '-f', 'null', '-'], { maxBuffer: 1e8 });
  const lines = stdout.matchAll(/pts_time:(\S+)\n[^=]+=(\S+)/g);
  return [...lines].map(([, at, value]) => [Number(at), value === '-inf' ? -120 : Number(value)]).filter((row) => row.every(Number.isFinite));
}

/** When a value rises past the middle of what it has. */
function rises(rows) {
  const values = rows.map(([, value]) => value);
  const middle = (percentile(values, 0.05) + percentile(values, 0.95)) / 2;
  return rows.slice(1).filter(([, value], at) => value > middle && rows[at][1] <= middle).map(([at]) => at);
}

/** Runs in the page: its camera shows light, and its microphone sounds a tone, for three tenths of every second. */
function clap() {
  let made;
  const make = () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
    const context = canvas.getContext('2d');
    const audio = new AudioContext({ sampleRate: 48_000 });
    const out = audio.createMediaStreamDestination();
    const [tone, gain] = [new OscillatorNode(audio, { frequency: 1_000 }), new GainNode(audio, { gain: 0 })];
    tone.connect(gain).connect(out);
    tone.start();
    const draw = () => {
      const lit = audio.currentTime % 1 < 0.3;
      gain.gain.setValueAtTime(lit ? 0.3 : 0, audio.currentTime);
      context.fillStyle = lit ? 'white' : 'black';
      context.fillRect(0, 0, canvas.width, canvas.height);
      requestAnimationFrame(draw);
    };
    draw();
    return { picture: canvas.captureStream(30), sound: out.stream };
  };
  navigator.mediaDevices.getUserMedia = async ({ audio, video }) => {
    made ??= make();
    const tracks = [...(audio ? made.sound.getAudioTracks() : []), ...(video ? made.picture.getVideoTracks() : [])];
    return new MediaStream(tracks.map((track) => track.clone()));
  };
}
