// The real server, as a process that can be killed and started again.

import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { end } from './ending.mjs';
import { witness } from './evidence.mjs';
import { ROOT, binary, scratch } from './paths.mjs';
import { until } from './until.mjs';

/** Starts a server with a store of its own, on free ports unless `ports` names some. */
export async function startServer({ ports = {}, env = {} } = {}) {
  const server = new Server(ports, env);
  await server.start();
  return server;
}

class Server {
  #env;
  #folder = scratch('server');
  #ports = { port: 0, 'functions-port': 0, 'firestore-port': 0, 'firestore-page-port': 0 };
  #process;
  #forget;
  log = '';

  constructor(ports, env) {
    Object.assign(this.#ports, ports);
    this.#env = env;
  }

  /** The app's address as a person types it, without a slash at the end. */
  url;
  /** The address of the API on its own port. */
  functions;
  /** Host and port of the embedded Firestore. */
  firestore;

  /** Where it keeps its data. */
  get data() {
    return path.join(this.#folder, 'data');
  }

  /** The process's id. */
  get pid() {
    return this.#process.pid;
  }

  /** Starts the process, on the ports and with the data that it had before. */
  async start() {
    const ready = path.join(this.#folder, 'ready');
    await fs.rm(ready, { force: true });
    const ports = Object.entries(this.#ports).flatMap(([name, port]) => [`--${name}`, String(port)]);
    const data = ['--data-dir', this.data, '--web-dir', process.env.TSUKIYO_WEB_DIR ?? path.join(ROOT, 'target/site')];
    // Everything here is on one network: nobody is asked for the way out of it.
    const rest = ['--ice-servers', 'none', '--ready-file', ready];
    this.#process = spawn(binary(), ['serve', ...ports, ...data, ...rest], {
      cwd: this.#folder,
      env: { ...unset(process.env), ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (text) => (this.log += text));
    }
    this.#forget ??= witness({
      testify: (folder) => fs.writeFile(path.join(folder, `server-${this.#ports.port}.log`), this.log),
    });
    const said = await until(
      'the server is ready',
      async () => {
        if (this.#process.exitCode !== null) return { died: true };
        return JSON.parse(await fs.readFile(ready, 'utf8'));
      },
      { within: 30_000, every: 10 },
    );
    if (said.died) throw new Error(`the server ended at once:\n${this.log}`);
    this.#remember(said);
  }

  /** Ends the process as a power cut would. */
  async kill() {
    await end(this.#process, 'SIGKILL');
  }

  /** Kills the process and starts it again. */
  async restart() {
    await this.kill();
    await this.start();
  }

  /** Ends the process as an administrator would, and removes its data. Returns its exit code. */
  async stop() {
    const code = await end(this.#process, 'SIGTERM');
    this.#forget?.();
    await fs.rm(this.#folder, { recursive: true, force: true });
    return code;
  }

  /** Asks whether the server still does its work. */
  async healthy() {
    const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return answer.ok;
  }

  #remember({ app, functions, firestore, page }) {
    const named = (url) => url.replace('127.0.0.1', 'localhost');
    [this.url, this.functions, this.firestore] = [named(app), named(functions), firestore];
    // Nothing listens here where the store is elsewhere.
    const port = (address) => Number(/:(\d+)/.exec(address ?? ':0')[1]);
    this.#ports = {
      port: port(app),
      'functions-port': port(functions),
      // Of another's Firestore the ports are not ours.
      'firestore-port': firestore ? port(firestore) : 0,
      'firestore-page-port': page ? port(page) : 0,
    };
  }
}

/** The environment without what somebody may have set for a server of their own. */
function unset(environment) {
  const ours = /^(TSUKIYO_|FIRESTORE_EMULATOR_HOST$|GOOGLE_CLOUD_PROJECT$|RUST_LOG$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}
