// An authority that gives certificates: Let's Encrypt's own program for tests of those who ask it.

import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import https from 'node:https';
import { end } from './ending.mjs';
import { witness } from './evidence.mjs';
import { scratch } from './paths.mjs';
import { freePorts, listens } from './ports.mjs';
import { until } from './until.mjs';

const run = promisify(execFile);

/** Starts one that looks for us on `port`, and whose certificates are valid for so many seconds. */
export async function startAuthority({ port, seconds }) {
  const folder = scratch('authority');
  const [listen, management] = await freePorts(2);
  const [certificate, key] = ['cert.pem', 'key.pem'].map((name) => path.join(folder, name));
  const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'];
  await run('openssl', ['req', '-x509', '-days', '2', ...own, ...name]);
  const settings = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate,
    privateKey: key,
    httpPort: 1,
    tlsPort: port,
    certificateValidityPeriod: seconds,
  };
  const file = path.join(folder, 'config.json');
  await fs.writeFile(file, JSON.stringify({ pebble: settings }));
  let log = '';
  // It waits for nothing and refuses nothing at random.
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
  const program = spawn('pebble', ['-config', file, '-strict'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (text) => (log += text));
  const forget = witness({ testify: (evidence) => fs.writeFile(path.join(evidence, 'authority.log'), log) });
  await until('the authority listens', async () => (await listens(listen)) && (await listens(management)), { every: 20 });
  return {
    directory: `https://localhost:${listen}/dir`,
    /** The file of the certificate that vouches for the authority's own address. */
    own: certificate,
    /** The certificate that vouches for all that it gives. */
    root: await get(`https://localhost:${management}/roots/0`, await fs.readFile(certificate)),

    async stop() {
      await end(program, 'SIGTERM');
      forget();
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

/** Gets a page from whom `ca` vouches for. */
export function get(url, ca) {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca, agent: false }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve(text);
    });
    request.on('error', reject);
  });
}
