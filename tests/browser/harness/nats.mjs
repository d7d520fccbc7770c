// A cluster of NATS nodes, each of which can be killed and started again.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import { witness } from './evidence.mjs';
import { freePorts, listens } from './ports.mjs';
import { until } from './until.mjs';

/** Starts so many nodes that know each other, on free ports. */
export async function startNats(count) {
  const ports = await freePorts(count * 2);
  const routes = ports.slice(count).map((port) => `nats://127.0.0.1:${port}`);
  const nodes = routes.map((route, i) => new Node(ports[i], route, routes));
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

  constructor(port, route, routes) {
    this.#port = port;
    this.url = `nats://127.0.0.1:${port}`;
    this.#args = ['-a', '127.0.0.1', '-p', String(port), '--cluster_name', 'tests', '--cluster', route, '--routes', routes.join(',')];
  }

  async start() {
    this.#process = spawn('nats-server', this.#args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr.on('data', (text) => (this.#log += text));
    this.#forget ??= witness({ testify: (folder) => fs.writeFile(path.join(folder, `nats-${this.#port}.log`), this.#log) });
    await until('a NATS node listens', () => listens(this.#port), { every: 20 });
  }

  async kill() {
    const process = this.#process;
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGKILL');
    await ended;
  }
}
