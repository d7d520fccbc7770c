// Chromium with a camera and a microphone that are not there.

import fs from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { witness } from './evidence.mjs';

const WATCH = await fs.readFile(new URL('./watch.js', import.meta.url), 'utf8');
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

const ALWAYS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  // A tab in the background is a person who looks elsewhere; on a test machine it is a tab as good as any.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/**
 * Starts a browser. `camera: false` is a machine without any device; `allowed: false` one whose person says no. `sound` and
 * `picture` are files that its microphone and its camera play over and over. `executable` starts it another way; `trusted` is an
 * origin that gets the camera though it has no TLS.
 */
export async function startBrowser(options) {
  return new Browser(await chromium.launch(launching(options)));
}

/** Starts a browser that keeps in `folder` what its pages keep, as a person's own does. Options as above. */
export async function startProfile(folder, options) {
  const context = await chromium.launchPersistentContext(folder, {
    ...launching(options),
    locale: 'en-US',
    viewport: { width: 960, height: 640 },
  });
  await context.addInitScript(WATCH);
  return new Browser(context.browser(), context);
}

/** How it is started. */
export function launching({ camera = true, allowed = true, fps = 15, sound, picture, executable = EXECUTABLE, trusted } = {}) {
  const args = ['--headless=new', ...ALWAYS];
  if (camera) args.push(`--use-fake-device-for-media-stream=fps=${fps}`);
  if (sound) args.push(`--use-file-for-fake-audio-capture=${sound}`);
  if (picture) args.push(`--use-file-for-fake-video-capture=${picture}`);
  args.push(allowed ? '--use-fake-ui-for-media-stream' : '--use-fake-ui-for-media-stream=deny');
  // Cameras are for secure pages; an address that is not this machine's own is one when the person says so.
  if (trusted) args.push(`--unsafely-treat-insecure-origin-as-secure=${trusted}`);
  return { executablePath: executable, args, headless: false };
}

let started = 0;

class Browser {
  #number = ++started;
  #native;
  #tabs = [];
  #forget;
  #profile;

  /** `profile` is the context of a browser that has only one. */
  constructor(native, profile) {
    this.#native = native;
    this.#profile = profile;
    this.#forget = witness({ testify: (folder) => this.#testify(folder) });
  }

  /** A new person: a page with cookies, storage and cache of its own. `options` are Playwright's. */
  async person(options = {}) {
    if (this.#profile) return this.tab(this.#profile);
    const context = await this.#native.newContext({
      locale: 'en-US',
      viewport: { width: 960, height: 640 },
      ...options,
    });
    await context.addInitScript(WATCH);
    return this.tab(context);
  }

  /** One more tab of a person who is here already. */
  async tab(context) {
    const page = await context.newPage();
    const tab = { page, console: [], errors: [] };
    page.on('console', (message) => tab.console.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => {
      tab.errors.push(error.message);
      tab.console.push(`uncaught: ${error.stack ?? error.message}`);
    });
    this.#tabs.push(tab);
    return page;
  }

  /** What the pages' scripts threw and nobody caught, and drops it. */
  takeErrors() {
    return this.#tabs.flatMap((tab) => tab.errors.splice(0));
  }

  /** Closes every page, so that the next proof begins with a quiet browser. */
  async empty() {
    for (const context of this.#native.contexts()) await context.close();
    this.#tabs = [];
  }

  /** The id of the browser's first process, of which all others are children. */
  async pid() {
    const devtools = await this.#native.newBrowserCDPSession();
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
    await devtools.detach();
    return processInfo.find(({ type }) => type === 'browser').id;
  }

  /** Ends the browser as a power cut would: no page gets to say a word. */
  async kill() {
    const pid = await this.pid();
    const gone = new Promise((disconnected) => this.#native.once('disconnected', disconnected));
    process.kill(pid, 'SIGKILL');
    await gone;
  }

  async close() {
    this.#forget();
    await this.#native.close();
  }

  async #testify(folder) {
    for (const [index, { page, console: lines }] of this.#tabs.entries()) {
      const name = path.join(folder, `browser-${this.#number}-page-${index + 1}`);
      await fs.writeFile(`${name}.log`, `${page.url()}\n${lines.join('\n')}\n`);
      if (!page.isClosed()) await page.screenshot({ path: `${name}.png`, timeout: 5_000 }).catch(() => {});
    }
  }
}
