// The Firestore emulator alone, as a process.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { end } from './ending.mjs';
import { witness } from './evidence.mjs';
import { ROOT } from './paths.mjs';
import { until } from './until.mjs';

/** The emulator's binary: `TSUKIYO_EMULATOR_BIN`, else beside the server's, else the release build, else the debug build. */
function binary() {
  const beside = process.env.TSUKIYO_BIN && path.join(path.dirname(process.env.TSUKIYO_BIN), 'tsukiyo-emulator');
  const built = ['release', 'debug'].map((profile) => `${ROOT}/target/${profile}/tsukiyo-emulator`);
  const found = [process.env.TSUKIYO_EMULATOR_BIN, beside, ...built].find((file) => file && fs.existsSync(file));
  if (!found) throw new Error('no tsukiyo-emulator binary: build it with `cargo build -p emulator`, or set TSUKIYO_EMULATOR_BIN');
  return found;
}

/** Starts an emulator on free ports: in memory, or over the file `data`. `host` is where it listens. */
export async function startEmulator({ data, host = '127.0.0.1' } = {}) {
  const emulator = new Emulator([...(data ? ['--data', data] : ['--memory']), '--host', host]);
  await emulator.start();
  return emulator;
}

class Emulator {
  #args;
  #ports = [0, 0];
  #process;
  #forget;
  #log = '';

  constructor(args) {
    this.#args = args;
  }

  /** Where it speaks Firestore: host and port. */
  host;
  /** The page's address. */
  page;

  /** The process's id. */
  get pid() {
    return this.#process.pid;
  }

  /** Starts the process, on the ports that it had before. */
  async start() {
    const [port, page] = this.#ports.map(String);
    this.#process = spawn(binary(), [...this.#args, '--port', port, '--page-port', page], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    this.#process.stdout.on('data', (text) => (said += text));
    this.#process.stderr.on('data', (text) => (this.#log += text));
    this.#forget ??= witness({ testify: (folder) => fs.promises.writeFile(path.join(folder, 'emulator.log'), this.#log) });
    const addresses = await until('the emulator is ready', () => /HOST=(\S+)\n(http:\S+)\n/.exec(said), { within: 30_000, every: 10 });
    [, this.host, this.page] = addresses;
    this.#ports = [this.host, this.page].map((address) => Number(/:(\d+)\/?$/.exec(address)[1]));
  }

  /** Asks REST v1 about a path below the documents of the project "demo". */
  async rest(method, target, body) {
    const documents = `http://${this.host}/v1/projects/demo/databases/(default)/documents`;
    const response = await fetch(documents + target, { method, body: body && JSON.stringify(body) });
    return response.json();
  }

  /** Ends the process as a power cut would. */
  async kill() {
    await end(this.#process, 'SIGKILL');
  }

  async stop() {
    this.#forget?.();
    return end(this.#process, 'SIGTERM');
  }
}
