// What a first visit downloads.

import { startBrowser } from '../../browser/harness/browser.mjs';
import { firstLoad } from '../../browser/harness/network.mjs';
import { startServer } from '../../browser/harness/server.mjs';
import { Figures } from '../figures.mjs';

const browser = await startBrowser();
const server = await startServer();

try {
  const figures = new Figures('load', 'first visit of the lobby, nothing cached, bytes as they pass the network');
  const requests = await firstLoad(await browser.person(), `${server.url}/room/first`);
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  figures.atMost('all of it', bytes / 1000, 250, 'KB');
  figures.atMost('requests', requests.length, 8, '');
  for (const { path, bytes } of requests) figures.note(`  ${path}`, bytes / 1000, 'KB');
  figures.report();
} finally {
  await browser.close();
  await server.stop();
}
