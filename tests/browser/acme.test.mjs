// A certificate that the server asks an authority for, shows, keeps and renews.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { proof } from './harness/evidence.mjs';
import { get, startAuthority } from './harness/pebble.mjs';
import { freePorts } from './harness/ports.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

/** How long a certificate is valid. It is renewed when a third of that is left. */
const SECONDS = 24;

proof('one flag gets a certificate, which is kept, and renewed in time', async () => {
  const [port] = await freePorts(1);
  const authority = await startAuthority({ port, seconds: SECONDS });
  const server = await startServer({
    ports: { port },
    env: { TSUKIYO_ACME: 'localhost', TSUKIYO_ACME_DIRECTORY: authority.directory, TSUKIYO_ACME_ROOT: authority.own },
  });
  const shown = () => serial(port, authority.root);
  try {
    const first = await until('a certificate is shown that the authority vouches for', shown);
    assert.equal(JSON.parse(await get(`${server.url}/healthz`, authority.root)).status, 'ok');
    const place = path.join(server.data, 'acme');
    assert.equal((await fs.stat(place)).mode & 0o777, 0o700, 'nobody else reads the key');

    await server.restart();
    assert.equal(await until('it is shown again', shown), first, 'the one that was kept');
    await until('another one is shown', async () => (await shown()) !== first, { within: SECONDS * 1_000 });
    assert.equal(JSON.parse(await get(`${server.url}/healthz`, authority.root)).status, 'ok');
  } finally {
    await server.stop();
    await authority.stop();
  }
});

proof('while the authority is away the server says so and runs', async () => {
  const [nobody] = await freePorts(1);
  const server = await startServer({ env: { TSUKIYO_ACME: 'localhost', TSUKIYO_ACME_DIRECTORY: `https://localhost:${nobody}/dir` } });
  try {
    await until('it says so', () => /there is no new certificate; trying again later/.test(server.log));
    await assert.rejects(serial(Number(new URL(server.url).port)), 'there is nothing to show');
  } finally {
    assert.equal(await server.stop(), 0);
  }
});

/** The number of the certificate that is shown to whoever trusts `ca`. */
async function serial(port, ca) {
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}
