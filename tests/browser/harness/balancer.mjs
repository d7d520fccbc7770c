// One address before several servers: each connection goes to the next one that takes it.

import net from 'node:net';
import { once } from 'node:events';

export async function startBalancer(servers) {
  let next = 0;
  let chosen = null;
  const carry = (client) => {
    client.on('error', () => {});
    const open = chosen ?? servers;
    const first = next++;
    const attempt = (tries) => {
      if (tries === open.length) return client.destroy();
      const server = net.connect(Number(new URL(open[(first + tries) % open.length].url).port), '127.0.0.1');
      server.once('error', () => attempt(tries + 1));
      server.once('connect', () => {
        server.removeAllListeners('error');
        const end = () => (server.destroy(), client.destroy());
        for (const side of [client, server]) side.on('error', end).on('close', end);
        client.pipe(server);
        server.pipe(client);
      });
    };
    attempt(0);
  };
  const listener = net.createServer(carry).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `http://localhost:${listener.address().port}`,
    /** New connections go to this server, or to any. */
    only(server) {
      chosen = server ? [server] : null;
    },
    stop: () => listener.close(),
  };
}
