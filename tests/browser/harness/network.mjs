// What a page asks the network for.

import { until } from './until.mjs';

/**
 * Visits `url` for the first time, and returns every request with its size as it passed the network: headers and
 * compressed body. Sockets do not count: they are no part of a load.
 */
export async function firstLoad(page, url) {
  const devtools = await page.context().newCDPSession(page);
  const requests = new Map();
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (/^https?:/.test(request.url)) requests.set(requestId, { path: new URL(request.url).pathname, bytes: null });
  });
  const sized = ({ requestId, encodedDataLength }) => {
    const request = requests.get(requestId);
    if (request) request.bytes = encodedDataLength;
  };
  devtools.on('Network.loadingFinished', sized);
  await page.goto(url);
  await page.locator('form button[type="submit"]').waitFor();
  await page.waitForLoadState('networkidle');
  await until('every answer has come', () => [...requests.values()].every(({ bytes }) => bytes !== null));
  await devtools.detach();
  return [...requests.values()];
}
