// The signaling path under load: what is passed on, who joins at once, what one says to many. Bounds of rates are lifted for it.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { startServer } from '../../browser/harness/server.mjs';
import { ROOT } from '../../browser/harness/paths.mjs';
import { Figures } from '../figures.mjs';
import { cpuSeconds, spentBetween } from '../processes.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const TARGET = process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target');
const LOAD = process.env.TSUKIYO_LOAD ?? path.join(TARGET, 'release/examples/signaling');

if (!process.env.TSUKIYO_LOAD) {
  const built = spawnSync('cargo', ['build', '--release', '--quiet', '-p', 'api', '--examples'], { cwd: ROOT, stdio: 'inherit' });
  if (built.status !== 0) process.exit(1);
}

const server = await startServer({
  env: { TSUKIYO_LOG: 'warn', TSUKIYO_LIMIT_MESSAGES: 'off', TSUKIYO_ROOM_MEMBERS: '200' },
});

try {
  const figures = new Figures('signaling', `${SECONDS} s a figure; the load shares the machine's cores with the server`);

  const relay = load('relay', 64, 4, SECONDS);
  figures.atMost('2 KB passed on, 64 rooms of 4: time of each', 1e6 / relay.per_second, 1e6 / 50_000, 'µs');
  figures.note('  messages a second', relay.per_second, '/s');
  figures.atMost('  CPU for 100,000', (relay.cpu / relay.messages) * 1e5, 2, 's');
  figures.atMost('  99 % are there within', relay.p99_ms, 25, 'ms');

  const storm = load('storm', 2_000);
  figures.atMost('2,000 join at once', storm.seconds, 0.45, 's');
  figures.note('  CPU of it', storm.cpu, 's');

  const fanout = load('fanout', 200, SECONDS);
  figures.atMost('one says something to 199: CPU for 100,000 deliveries', (fanout.cpu / fanout.deliveries) * 1e5, 1.2, 's');
  figures.note('  deliveries a second', fanout.per_second, '/s');
  figures.atMost('  deliveries that were lost', fanout.missing, 0, '');
  figures.report();
} finally {
  await server.stop();
}

/** Runs the load program, and adds what the server's processors spent on it. */
function load(...command) {
  const { port } = new URL(server.url);
  const before = cpuSeconds(server.pid);
  const ran = spawnSync(LOAD, [`127.0.0.1:${port}`, ...command.map(String)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (ran.status !== 0) throw new Error(`${command.join(' ')} failed`);
  return { ...JSON.parse(ran.stdout), cpu: spentBetween(before, cpuSeconds(server.pid)) };
}
