// Drives wrk (https://github.com/wg/wrk) and reads what it prints.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const CONNECTIONS = 64;
const THREADS = 2;

/** How each measurement is made, for a person to read. */
export const HOW = `wrk -t${THREADS} -c${CONNECTIONS}`;

/** Asks for `url` without pause for so many seconds; with `body`, posts that JSON instead. */
export async function wrk(url, seconds, { body, folder } = {}) {
  const script = body ? ['-s', writeScript(folder, body)] : [];
  const args = [`-t${THREADS}`, `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', ...script, url];
  const { stdout } = await promisify(execFile)('wrk', args).catch((error) => {
    throw error.code === 'ENOENT' ? new Error('wrk is not installed: apt-get install wrk') : error;
  });
  const refused = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout);
  if (refused) throw new Error(`${url}: ${refused[0]}`);
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]), p99: millis(/^ +99% +(\S+)/m.exec(stdout)[1]) };
}

function writeScript(folder, body) {
  const file = path.join(folder, 'post.lua');
  const lines = ['wrk.method = "POST"', 'wrk.headers["Content-Type"] = "application/json"', `wrk.body = [==[${body}]==]`];
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}

function millis(text) {
  const [, number, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text);
  return Number(number) * { us: 0.001, ms: 1, s: 1_000, m: 60_000 }[unit];
}
