// A cluster of NATS nodes, each of which can be killed and started again.

import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { end } from './ending.mjs';
import { witness } from './evidence.mjs';
import { freePorts, listens } from './ports.mjs';
import { until } from './until.mjs';

/** Starts so many nodes that know each other, on free ports. `host` is where they listen for those who use them. */
export async function startNats(count, { host = '127.0.0.1' } = {}) {
  const ports = await freePorts(count * 2);
  const routes = ports.slice(count).map((port) => `nats://127.0.0.1:${port}`);
  const nodes = routes.map((route, i) => new Node(host, ports[i], route, routes));
  await Promise.all(nodes.map((node) => node.start()));
  return {
    nodes,
    /** What `--bus` takes. */
    urls: nodes.map(({ url }) => url).join(','),
    kill: () => Promise.all(nodes.map((node) => node.kill())),
    start: () => Promise.all(nodes.map((node) => node.start())),
  };
}

class Node {
  #process;
  #args;
  #forget;
  #port;
  #log = '';

  constructor(host, port, route, routes) {
    this.#port = port;
    this.url = `nats://127.0.0.1:${port}`;
    const others = ['--cluster_name', 'tests', '--cluster', route, '--routes', routes.join(',')];
    // Nobody is told of addresses that it was not given: it would go around what is cut.
    this.#args = ['-a', host, '-p', String(port), ...others, '--no_advertise=true'];
  }

  /** The process's id. */
  get pid() {
    return this.#process.pid;
  }

  async start() {
    this.#process = spawn('nats-server', this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr.on('data', (text) => (this.#log += text));
    this.#forget ??= witness({ testify: (folder) => fs.writeFile(path.join(folder, `nats-${this.#port}.log`), this.#log) });
    await until('a NATS node listens', () => listens(this.#port), { every: 20 });
  }

  async kill() {
    await end(this.#process, 'SIGKILL');
  }
}
