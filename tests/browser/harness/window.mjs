// The desktop program's window on a display of its own. Scripts run in its page through a door that no release has.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { program } from './desktop.mjs';
import { witness } from './evidence.mjs';
import { scratch } from './paths.mjs';
import { PATIENCE, until } from './until.mjs';

const run = promisify(execFile);

/** A display that nobody sees, white where nothing is, with somebody who manages its windows. */
export async function startDisplay() {
  const folder = scratch('display');
  const number = path.join(folder, 'number');
  const file = await fs.open(number, 'w');
  const options = { stdio: ['ignore', 'ignore', 'ignore', file.fd] };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-wr', '-nolisten', 'tcp'], options);
  await file.close();
  const name = await until('the display is there', async () => (await fs.readFile(number, 'utf8')).trim());
  const env = { ...process.env, DISPLAY: `:${name}` };
  const manager = spawn('openbox', [], { env, stdio: 'ignore' });
  await until('windows are managed', () => run('wmctrl', ['-m'], { env }));
  return {
    env,
    async close() {
      for (const process of [manager, server]) {
        process.kill();
        await once(process, 'exit');
      }
      await fs.rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** Opens the window and waits for its page. */
export async function openWindow(display, server, { room, name, args = ['--source', 'pattern', '--video', '320x240@15'], env = {} }) {
  const window = new Window(display, server, { room, name, args, env });
  await window.ready();
  return window;
}

class Window {
  #process;
  #folder = scratch('window');
  #display;
  #socket;
  #scripts = 0;
  #forget;
  log = '';

  constructor(display, server, { room, name, args, env }) {
    this.name = name;
    this.#display = display;
    const own = {
      // Nothing of this machine's user: no settings, no GPU, no sound.
      HOME: this.#folder,
      XDG_RUNTIME_DIR: this.#folder,
      XDG_CONFIG_HOME: '',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      LANGUAGE: 'en',
      TSUKIYO_EVAL: path.join(this.#folder, 'eval'),
    };
    // A link says by itself which room it is.
    const all = ['--server', server.url, ...(room ? ['--room', room] : []), '--name', name, ...args];
    this.#process = spawn(program(), all, { env: { ...display.env, ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on('data', (text) => (this.log += text));
    this.#forget = witness({
      testify: async (folder) => {
        await fs.writeFile(path.join(folder, `window-${name}.log`), this.log);
        await this.screenshot(path.join(folder, `window-${name}.png`));
      },
    });
  }

  async ready() {
    const port = await until('the page can be asked', async () => {
      if (this.#process.exitCode !== null) throw new Error(`the program ended:\n${this.log}`);
      return (await fs.readFile(path.join(this.#folder, 'eval'), 'utf8')).trim();
    });
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(this.#socket, 'open');
  }

  /**
   * Runs a function in the page, once, with these arguments, and returns what it returns.
   *
   * Dioxus may lose a result: it numbers scripts, and when it hears late that one is done with, it forgets a newer one of the
   * same number ("already ran"). The script runs all the same, so it is asked once more for what came of it.
   */
  async evaluate(body, ...args) {
    const number = ++this.#scripts;
    const run = `async () => await (${body})(...${JSON.stringify(args)})`;
    const script = `
      const results = (window.__results ??= new Map());
      if (!results.has(${number})) results.set(${number}, (${run})());
      return await results.get(${number});`;
    for (;;) {
      const answer = once(this.#socket, 'message', { signal: AbortSignal.timeout(PATIENCE) });
      this.#socket.send(script);
      const { value, error } = JSON.parse(String((await answer)[0]));
      if (error === undefined) return value;
      if (!/has already ran/.test(error)) throw new Error(`the page could not do it: ${error}`);
    }
  }

  /** Presses the button of this name. */
  click(name) {
    return until(`${this.name} can press ${name}`, () =>
      this.evaluate((name) => {
        const buttons = [...document.querySelectorAll('button')];
        // A button of a menu has its key beside its name.
        const names = (button) => [button, ...button.querySelectorAll('span')].map(({ textContent }) => textContent.trim());
        const found = buttons.find((button) => [...names(button), button.getAttribute('aria-label')].includes(name));
        if (!found || found.disabled) return false;
        found.click();
        return true;
      }, name),
    );
  }

  /** Picks the window of this place among what can be shared; the screen is at 0. */
  pick(place) {
    return until(`${this.name} can pick ${place}`, () =>
      this.evaluate((place) => {
        const choice = document.querySelectorAll('.picker-choice')[place];
        choice?.click();
        return choice !== undefined;
      }, place),
    );
  }

  /** What is drawn of everybody: the name, how many pictures, and a number for the last of them. */
  tiles() {
    return this.evaluate(() =>
      [...document.querySelectorAll('li[data-member]')].map((tile) => {
        const canvas = tile.querySelector('canvas');
        const drawn = { name: tile.querySelector('.name')?.textContent, muted: tile.dataset.muted === 'true', frames: canvas?.framesDrawn ?? 0 };
        if (!drawn.frames) return { ...drawn, picture: 0, colours: 0 };
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let picture = 0;
        const colours = new Set();
        for (let i = 0; i < data.length; i += 404) {
          picture = (picture * 31 + data[i] + data[i + 1] * 7) % 1_000_003;
          colours.add(data[i] >> 3);
        }
        return { ...drawn, picture, colours: colours.size };
      }),
    );
  }

  /** Waits until exactly these people have tiles. */
  sees(names) {
    const wanted = JSON.stringify([...names].sort());
    return until(`${this.name} sees ${wanted}`, async () => {
      const seen = JSON.stringify((await this.tiles()).map(({ name }) => name).sort());
      if (seen !== wanted) throw new Error(seen);
      return true;
    });
  }

  /** Waits until the pictures of somebody move, on the canvas itself. */
  async seesMoving(name, { frames = 10, within = PATIENCE } = {}) {
    const look = async () => (await this.tiles()).find((tile) => tile.name === name);
    const before = await until(`${this.name} has a tile of ${name}`, look, { within });
    return until(`${this.name} sees ${name} move`, async () => {
      const now = await look();
      if (now.frames < before.frames + frames || now.picture === before.picture || now.colours < 3) throw new Error(JSON.stringify({ before, now }));
      return now;
    }, { within });
  }

  async screenshot(file) {
    await run('import', ['-silent', '-window', 'root', file], { env: this.#display.env });
  }

  /** The size of the page, in pixels. */
  size() {
    return this.evaluate(() => [innerWidth, innerHeight]);
  }

  /** Makes the window this large, as its frame would. */
  async resize(width, height) {
    await run('xdotool', ['search', '--onlyvisible', '--name', 'Tsukiyo', 'windowsize', String(width), String(height)], { env: this.#display.env });
    await until(`the window is ${width}×${height}`, async () => String(await this.size()) === String([width, height]));
  }

  /** Presses (`keydown`) or lets go of (`keyup`) keys, whoever has the keyboard. */
  async keys(what, keys) {
    await run('xdotool', [what, keys], { env: this.#display.env });
  }

  /** Types a path into the system's dialog for files, which must have been asked for, and takes it. */
  async choose(path) {
    const env = { env: this.#display.env };
    const dialog = () => run('xdotool', ['search', '--onlyvisible', '--name', 'Choose files'], env).then(({ stdout }) => stdout.trim().split('\n')[0], () => undefined);
    await until('the dialog is there', dialog);
    await until('the dialog is done', async () => {
      const window = await dialog();
      if (!window) return true;
      await run('xdotool', ['windowactivate', '--sync', window], env);
      // A slash opens the line for paths, in its own time: what is typed before that is lost, and has to be typed again.
      for (const keys of [['key', 'slash'], ['key', 'ctrl+a'], ['type', '--delay', '12', path], ['key', 'Return']]) await run('xdotool', keys, env);
      await until('it closes', async () => !(await dialog()), { within: 2_000 });
      return true;
    });
  }

  /** Puts the window away, and waits until it is. */
  async minimise() {
    await run('xdotool', ['search', '--onlyvisible', '--name', 'Tsukiyo', 'windowminimize'], { env: this.#display.env });
    await until('the window is away', () => run('xdotool', ['search', '--onlyvisible', '--name', 'Tsukiyo'], { env: this.#display.env }).then(() => false, () => true));
  }

  /** Brings the window back. */
  async restore() {
    await run('wmctrl', ['-a', 'Tsukiyo'], { env: this.#display.env });
  }

  /** Closes the window as a person does. Returns the program's exit code. */
  close() {
    return this.#end(() => run('wmctrl', ['-c', 'Tsukiyo'], { env: this.#display.env }));
  }

  /** Leaves the room by its button, and stays in the lobby. */
  leave() {
    return this.click('Leave');
  }

  kill() {
    return this.#end(() => this.#process.kill('SIGKILL'));
  }

  async #end(how) {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit', { signal: AbortSignal.timeout(PATIENCE) });
      await how();
      await ended;
    }
    this.#socket?.terminate();
    this.#forget();
    await fs.rm(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    return this.#process.exitCode;
  }
}
