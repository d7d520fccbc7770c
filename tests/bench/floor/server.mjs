// Serves the floor pages, and passes on what one page of a room says to the others.

import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';

// The tests' own packages serve the benchmarks too: there is one place to install.
const { WebSocketServer } = createRequire(new URL('../../browser/package.json', import.meta.url))('ws');
const PAGES = { '/': read('./page.html'), '/mesh': read('./mesh.html') };

/** Starts the floor's server on a free port. */
export async function startFloor() {
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(PAGES[new URL(request.url, 'http://floor').pathname] ?? '');
  });
  const rooms = new Map();
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    const room = new URL(request.url, 'http://floor').searchParams.get('room');
    if (!rooms.has(room)) rooms.set(room, new Set());
    const inside = rooms.get(room).add(socket);
    socket.on('message', (text) => {
      for (const other of inside) if (other !== socket) other.send(String(text));
    });
    socket.on('close', () => inside.delete(socket));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://localhost:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function read(name) {
  return fs.readFileSync(new URL(name, import.meta.url));
}
