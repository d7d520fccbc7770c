// The desktop program without a window: a process that says every second what it sees and hears.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import path from 'node:path';
import readline from 'node:readline';
import { witness } from './evidence.mjs';
import { ROOT } from './paths.mjs';
import { PATIENCE, until } from './until.mjs';

/** The program: `TSUKIYO_DESKTOP`, else the release build, else the debug build. */
export function program() {
  const builds = ['release', 'debug'].map((build) => `${ROOT}/target/${build}/tsukiyo-desktop`);
  const found = [process.env.TSUKIYO_DESKTOP, ...builds].find((file) => file && fs.existsSync(file));
  if (!found) throw new Error('no tsukiyo-desktop: build it with `cargo build -p platform-desktop`, or set TSUKIYO_DESKTOP');
  return found;
}

/** Starts the program and waits until it is inside the room. */
export async function enterDesktop(server, options) {
  const desktop = new Desktop(server, options);
  await until(`${options.name} is inside`, () => {
    desktop.mustLive();
    return desktop.status?.phase === 'inside';
  });
  return desktop;
}

export class Desktop {
  #process;
  #forget;
  #requests;
  log = '';
  /** What it said last. */
  status;
  /** How often it has said something. */
  told = 0;

  constructor(server, { room, name, source = ['pattern'], video = '320x240@15', record, files, env = {}, executable = program() }) {
    this.name = name;
    const sources = source.flatMap((file) => ['--source', file]);
    const kept = [...(record ? ['--record', record] : []), ...(files ? ['--files', files] : [])];
    const args = ['--headless', '--server', server.url, '--room', room, '--name', name, ...sources, '--video', video, ...kept];
    this.#process = spawn(executable, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#requests = this.#process.stdin;
    // A request that comes too late is nobody's failure.
    this.#requests.on('error', () => {});
    readline.createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.status = JSON.parse(line);
      this.told += 1;
    });
    this.#process.stderr.on('data', (text) => (this.log += text));
    this.#forget = witness({
      testify: async (folder) => {
        await fsp.writeFile(path.join(folder, `desktop-${name}.log`), `${this.log}\n${JSON.stringify(this.status, null, 1)}\n`);
      },
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** Asks for something: `{ say }`, `{ microphone }`, `{ camera }`, `{ share }`, `{ give }` or `"leave"`. */
  ask(request) {
    this.#requests.write(`${JSON.stringify(request)}\n`);
  }

  /** What it sees and hears of somebody. */
  person(name) {
    return this.status?.people.find((person) => person.name === name);
  }

  /** Waits until exactly these people are there, connected. */
  sees(names, options) {
    const wanted = JSON.stringify([...names].sort());
    return until(`${this.name} sees ${wanted}`, () => {
      this.mustLive();
      const people = this.status?.people ?? [];
      const seen = JSON.stringify(people.filter(({ connection, away }) => connection === 'connected' && !away).map(({ name }) => name).sort());
      if (seen !== wanted || people.length !== names.length) throw new Error(JSON.stringify(this.status));
      return true;
    }, options);
  }

  /** Waits until more pictures were decoded, other ones, and sound was heard since the call of this. */
  async seesAndHears(name, { picture = true, sound = true, within = PATIENCE } = {}) {
    const before = await until(`${this.name} knows ${name}`, () => this.person(name), { within });
    await until(`${this.name} sees and hears ${name}`, () => {
      this.mustLive();
      const now = this.person(name);
      const seen = now.frames >= before.frames + 10 && now.picture !== before.picture && now.width > 0;
      const heard = now.energy > before.energy + 1e-6;
      if ((picture && !seen) || (sound && !heard)) throw new Error(JSON.stringify({ before, now }));
      return true;
    }, { within });
  }

  /** Waits until the stored texts of the chat are these. */
  reads(texts) {
    return until(`${this.name} reads ${JSON.stringify(texts)}`, () => {
      const stored = (this.status?.chat ?? []).filter((line) => line.stored).map(({ text }) => text);
      if (JSON.stringify(stored) !== JSON.stringify(texts)) throw new Error(JSON.stringify(stored));
      return true;
    });
  }

  mustLive() {
    if (this.#process.exitCode !== null) throw new Error(`${this.name} ended with ${this.#process.exitCode}:\n${this.log}`);
  }

  /** Ends it as a power cut would. */
  async kill() {
    await this.#end(() => this.#process.kill('SIGKILL'));
  }

  /** Ends it as a person would. Returns its exit code. */
  leave() {
    return this.#end(() => this.ask('leave'));
  }

  /** Waits for its end, whatever it comes of. Returns its exit code. */
  ended() {
    return this.#end(() => {});
  }

  async #end(how) {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      how();
      await ended;
    }
    this.#forget();
    return this.#process.exitCode;
  }
}
