// Calls of which one side is the program, for the parts of this benchmark.

import fs from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { startBrowser } from '../../browser/harness/browser.mjs';
import { enterDesktop } from '../../browser/harness/desktop.mjs';
import { ROOT } from '../../browser/harness/paths.mjs';
import { enter } from '../../browser/harness/room.mjs';
import { startServer } from '../../browser/harness/server.mjs';

export const VIDEO = '640x480@30';
/** How long is measured. */
export const SECONDS = Number(process.env.SECONDS ?? 10);

const release = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}/target`}/release/tsukiyo-desktop`;
// A debug build says nothing about what people have.
if (!process.env.TSUKIYO_DESKTOP && fs.existsSync(release)) process.env.TSUKIYO_DESKTOP = release;

/** A server and a browser for as long as `body` takes. `places` are network namespaces: the program's and the browser's. */
export async function withServer(body, { places, ports } = {}) {
  const env = { TSUKIYO_LOG: 'warn', ...(places ? { TSUKIYO_HOST: places.address } : {}) };
  const server = await startServer({ env, ports });
  const there = places ? { executable: places.executable(1), trusted: new URL(server.url).origin } : {};
  const browser = await startBrowser({ fps: 30, ...there });
  try {
    await body(server, browser);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The browser (Luna) and the program (Kaguya) see and hear each other. */
export async function meet(server, browser, room, options = {}) {
  const luna = await enter(browser, server, { room, name: 'Luna', query: `video=${VIDEO}` });
  const kaguya = await enterDesktop(server, { room, name: 'Kaguya', video: VIDEO, ...options });
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  return { luna, kaguya };
}

/** The one wait for time and not for a condition: it is the time that is measured. */
export const measuring = (seconds = SECONDS) => pass(seconds * 1000);
