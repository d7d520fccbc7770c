// Everything that the chaos happens to: three servers on three nodes of NATS over one store, each of which can be hurt.

import { startEmulator } from '../harness/emulator.mjs';
import { startNats } from '../harness/nats.mjs';
import { startServer } from '../harness/server.mjs';
import { ask } from './calm.mjs';
import { makeClocks } from './clocks.mjs';
import { makeCuts } from './cuts.mjs';
import { makeDisk } from './disk.mjs';

const SERVERS = 3;

export async function startSite() {
  const site = new Site();
  try {
    await site.start();
  } catch (error) {
    await site.stop();
    throw error;
  }
  return site;
}

class Site {
  cuts = makeCuts();
  disk = makeDisk();
  clocks = makeClocks();
  emulator;
  nats;
  servers = [];

  async start() {
    const { host } = this.cuts;
    this.emulator = await startEmulator({ data: this.disk.data, host });
    this.nats = await startNats(3, { host });
    const starting = Array.from({ length: SERVERS }, (_, server) => startServer({ env: this.#env(server) }));
    for (const { value } of await Promise.allSettled(starting)) if (value) this.servers.push(value);
    // One that did not start has said why.
    await Promise.all(starting);
  }

  /** The servers' numbers and what they have, the one with the most members in rooms of its own first. */
  async ranks() {
    const told = this.servers.map(async (server, number) => {
      const { members = 0, sockets = 0 } = (await ask(server, '/healthz')).body;
      return { number, members, sockets };
    });
    return (await Promise.all(told)).sort((one, other) => other.members - one.members);
  }

  async stop() {
    // A process that stands still, or cannot be reached, does not end.
    this.cuts.heal();
    for (const { pid } of [this.emulator, ...this.servers].filter(Boolean)) wake(pid);
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.nats?.kill();
    await this.emulator?.stop();
    this.disk.close();
    this.clocks.close();
  }

  #env(server) {
    const port = ({ url }) => new URL(url).port;
    return {
      FIRESTORE_EMULATOR_HOST: `${this.cuts.address('store', server)}:${this.emulator.host.split(':').at(-1)}`,
      TSUKIYO_BUS: this.nats.nodes.map((node) => `nats://${this.cuts.address('bus', server)}:${port(node)}`).join(','),
      ...(process.env.CHAOS_LOG && { TSUKIYO_LOG: process.env.CHAOS_LOG }),
      TSUKIYO_SECRET: 'the same for all of them',
      ...this.clocks.env(server),
    };
  }
}

function wake(pid) {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // It has ended already.
  }
}
