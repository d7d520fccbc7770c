// The window: how fast it is there, and what memory it takes and keeps.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import { promisify } from 'node:util';
import { program } from '../../browser/harness/desktop.mjs';
import { scratch } from '../../browser/harness/paths.mjs';
import { enter } from '../../browser/harness/room.mjs';
import { until } from '../../browser/harness/until.mjs';
import { startDisplay } from '../../browser/harness/window.mjs';
import { percentile } from '../figures.mjs';
import { cpuSeconds, memory as held } from '../processes.mjs';
import { VIDEO, measuring, withServer } from './call.mjs';

const run = promisify(execFile);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const MINUTES = Number(process.env.MINUTES ?? 2);
/** How often memory is looked at, in seconds, and how long it settles before. */
const [EVERY, SETTLING] = [5, 20];
const MB = 1e6;

/** From the start of the process until the window is there, and until something is drawn in it. */
export function start(figures) {
  return withDisplay((display) => withServer(async (server) => {
    const [there, drawn] = [[], []];
    // The first round warms up the disk.
    for (let round = 0; round <= ROUNDS; round++) {
      const began = performance.now();
      const window = open(display, server, ['--room', 'start', '--name', 'Kaguya']);
      try {
        await until('the window is there', () => window.find(), { every: 20 });
        const seen = performance.now() - began;
        await until('something is drawn in it', async () => (await window.colours()) > 40, { every: 20 });
        if (round > 0) {
          there.push(seen);
          drawn.push(performance.now() - began);
        }
      } finally {
        await window.close();
      }
    }
    figures.atMost('start → window, p50', percentile(there, 0.5), 2000, 'ms');
    figures.note('start → lobby drawn, p50', percentile(drawn, 0.5), 'ms');
  }));
}

/** The memory of the program and its webview in a call with a browser, and how it grows. */
export function memory(figures) {
  return withDisplay((display) => withServer(async (server, browser) => {
    const luna = await enter(browser, server, { room: 'memory', name: 'Luna', query: `video=${VIDEO}` });
    const window = open(display, server, ['--room', 'memory', '--name', 'Kaguya', '--join', '--source', 'pattern', '--video', VIDEO]);
    try {
      await luna.seesAndHears('Kaguya');
      await measuring(SETTLING);
      const samples = [];
      const began = performance.now();
      for (let nth = 0; nth * EVERY <= MINUTES * 60; nth++) {
        samples.push({ at: (performance.now() - began) / 60_000, bytes: window.memory() });
        await measuring(EVERY);
      }
      await luna.seesAndHears('Kaguya');
      figures.atMost('memory with the webview in a call, at the most', Math.max(...samples.map(({ bytes }) => bytes)) / MB, 260, 'MB');
      figures.note(`  how it grows, over ${MINUTES} min`, slope(samples) / MB, 'MB/min');
      for (const [name, bytes] of window.parts()) figures.note(`  ${name}`, bytes / MB, 'MB');
    } finally {
      await window.close();
    }
  }));
}

/** A display for as long as `body` takes. */
export async function withDisplay(body) {
  const display = await startDisplay();
  try {
    await body(display);
  } finally {
    await display.close();
  }
}

/** Opens the window as a person does: a release has no door for tests. */
export function open(display, server, args, sound = {}) {
  const folder = scratch('bench-window');
  const own = { HOME: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: '', WEBKIT_DISABLE_COMPOSITING_MODE: '1' };
  const env = { ...display.env, ...own, ...sound };
  const child = spawn(program(), ['--server', server.url, ...args], { env, stdio: 'ignore' });
  const tree = () => [...cpuSeconds(child.pid).keys()];
  return {
    find: () => run('xdotool', ['search', '--onlyvisible', '--name', '^Tsukiyo'], { env }).then(({ stdout }) => stdout.trim() !== '', () => false),
    /** How many colours there are on the screen. */
    async colours() {
      const { stdout } = await run('import', ['-silent', '-window', 'root', '-resize', '320x200', '-format', '%k', 'info:-'], { env });
      return Number(stdout);
    },
    memory: () => tree().reduce((sum, pid) => sum + held(pid), 0),
    parts: () => tree().map((pid) => [`of which process ${tree().indexOf(pid) + 1}`, held(pid)]),
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

/** Bytes a minute, by least squares. */
function slope(samples) {
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [at, bytes] = [mean((sample) => sample.at), mean((sample) => sample.bytes)];
  const above = mean((sample) => (sample.at - at) * (sample.bytes - bytes));
  return above / mean((sample) => (sample.at - at) ** 2);
}
