// The signaling path under load: what is passed on, on one server and between two, who joins at once, what one says to many.
// Bounds of rates are lifted for it. A figure is the median of several runs.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { startEmulator } from '../../browser/harness/emulator.mjs';
import { startNats } from '../../browser/harness/nats.mjs';
import { ROOT } from '../../browser/harness/paths.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { until } from '../../browser/harness/until.mjs';
import { Figures, percentile } from '../figures.mjs';
import { cpuSeconds, spentBetween } from '../processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const RUNS = Number(process.env.BENCH_RUNS ?? 5);
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
const LOAD = process.env.TSUKIYO_LOAD ?? path.join(TARGET, 'release/examples/signaling');
/** What a server has to pass on, in messages a second. */
const FULL = 50_000;
/** How much of that is to be left of it where every message goes to another server. */
const LEFT = 0.4;
const LIFTED = { TSUKIYO_LOG: 'warn', TSUKIYO_LIMIT_MESSAGES: 'off', TSUKIYO_ROOM_MEMBERS: '200' };

if (!process.env.TSUKIYO_LOAD) {
  const built = spawnSync('cargo', ['build', '--release', '--quiet', '-p', 'api', '--examples'], { cwd: ROOT, stdio: 'inherit' });
  if (built.status !== 0) process.exit(1);
}

const how = `${RUNS} × ${SECONDS} s a figure, medians; the load shares the machine's cores with the servers`;
const figures = new Figures('signaling', how);
const one = await alone();
await together(one);
figures.report();

/** One server. Returns what it passed on. */
async function alone() {
  const server = await startServer({ env: LIFTED });
  const load = loader([server], { server: [server.pid] });
  try {
    const relay = median(() => load('relay', 64, 4, SECONDS));
    figures.atMost('2 KB passed on, 64 rooms of 4: time of each', 1e6 / relay.per_second, 1e6 / FULL, 'µs');
    figures.note('  messages a second', relay.per_second, '/s');
    figures.atMost('  CPU for 100,000', relay.server, 2, 's');
    figures.note('  99 % are there within, with a thousand under way at any moment', relay.p99_ms, 'ms');

    const paced = median(() => load('relay', 64, 4, SECONDS, FULL));
    figures.atMost('the same at 50,000 a second: 99 % are there within', paced.p99_ms, 25, 'ms');
    figures.note('  50 %', paced.median_ms, 'ms');
    figures.note('  messages a second', paced.per_second, '/s');

    const storm = load('storm', 2_000);
    figures.atMost('2,000 join at once', storm.seconds, 0.45, 's');
    figures.note('  CPU of it', storm.cpu.server, 's');

    const fanout = load('fanout', 200, SECONDS);
    figures.atMost('one says something to 199: CPU for 100,000 deliveries', (fanout.cpu.server / fanout.deliveries) * 1e5, 1.2, 's');
    figures.note('  deliveries a second', fanout.per_second, '/s');
    figures.atMost('  deliveries that were lost', fanout.missing, 0, '');
    return relay;
  } finally {
    await server.stop();
  }
}

/** Two servers and a node of NATS, which every message crosses. All of them and the load are on this machine. */
async function together(one) {
  const [store, nats] = await Promise.all([startEmulator(), startNats(1)]);
  const env = { ...LIFTED, FIRESTORE_EMULATOR_HOST: store.host, TSUKIYO_BUS: nats.urls, TSUKIYO_SECRET: 'the same for both of them' };
  const servers = await Promise.all([0, 1].map(() => startServer({ env })));
  const load = loader(servers, { server: servers.map(({ pid }) => pid), nats: nats.nodes.map(({ pid }) => pid) });
  try {
    const ready = async (server) => (await fetch(`${server.url}/readyz`)).ok;
    await Promise.all(servers.map((server) => until('the server lets people in', () => ready(server))));
    const relay = median(() => load('relay', 64, 4, SECONDS));
    figures.beside('2 KB from one server to another through NATS: CPU of both for 100,000', relay.server, one.server, 1 / LEFT, 's');
    figures.note('  CPU of NATS for 100,000', relay.nats, 's');
    figures.note('  messages a second, of both', relay.per_second, '/s', one.per_second);
    figures.note('  99 % are there within, with a thousand under way at any moment', relay.p99_ms, 'ms', one.p99_ms);

    const paced = median(() => load('relay', 64, 4, SECONDS, FULL * LEFT));
    figures.note('the same at 20,000 a second: 99 % are there within', paced.p99_ms, 'ms');
    figures.note('  CPU of both for 100,000', paced.server, 's');
    figures.note('  messages a second', paced.per_second, '/s');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await nats.kill();
    await store.stop();
  }
}

/** Makes what runs the load program, and adds what processors spent on `processes` meanwhile. */
function loader(servers, processes) {
  const addresses = servers.map(({ url }) => `127.0.0.1:${new URL(url).port}`).join(',');
  const spent = () => Object.entries(processes).map(([name, pids]) => [name, pids.map((pid) => cpuSeconds(pid))]);
  return (...command) => {
    const before = spent();
    const ran = spawnSync(LOAD, [addresses, ...command.map(String)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (ran.status !== 0) throw new Error(`${command.join(' ')} failed`);
    const sums = spent().map(([name, after], i) => [name, after.reduce((sum, one, j) => sum + spentBetween(before[i][1][j], one), 0)]);
    return { ...JSON.parse(ran.stdout), cpu: Object.fromEntries(sums) };
  };
}

/** The median of each of a run's figures, and of what it cost for 100,000 messages. */
function median(run) {
  const runs = Array.from({ length: RUNS }, run).map(({ cpu, ...figures }) => {
    const each = Object.entries(cpu).map(([name, seconds]) => [name, (seconds / figures.messages) * 1e5]);
    return { ...figures, ...Object.fromEntries(each) };
  });
  return Object.fromEntries(Object.keys(runs[0]).map((name) => [name, percentile(runs.map((figures) => figures[name]), 0.5)]));
}
