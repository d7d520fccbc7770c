// The Firestore emulator alone, as a process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
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

/** Starts an emulator in memory on free ports. */
export async function startEmulator() {
  const child = spawn(binary(), ['--memory', '--port', '0', '--page-port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let log = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (log += text));
  const forget = witness({ testify: (folder) => fs.promises.writeFile(path.join(folder, 'emulator.log'), log) });
  const addresses = await until('the emulator is ready', () => /HOST=(\S+)\n(http:\S+)\n/.exec(said), { within: 30_000, every: 10 });
  const documents = `http://${addresses[1]}/v1/projects/demo/databases/(default)/documents`;
  return {
    /** Where it speaks Firestore: host and port. */
    host: addresses[1],
    /** The page's address. */
    page: addresses[2],

    /** Asks REST v1 about a path below the documents of the project "demo". */
    async rest(method, target, body) {
      const response = await fetch(documents + target, { method, body: body && JSON.stringify(body) });
      return response.json();
    },

    async stop() {
      forget();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
}
