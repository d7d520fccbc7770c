// What goes on around the page: the small window, the screen that stays awake, the app on a home screen.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';
import { until } from './harness/until.mjs';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

proof('the room goes on in a small window, until that is closed, and again', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'apart', name: 'Luna' });
  const kaguya = await enter(browser, server, { room: 'apart', name: 'Kaguya' });
  await luna.seesAndHears('Kaguya');
  for (const close of [() => luna.page.evaluate(() => window.documentPictureInPicture.window.close()), () => choose(luna, 'Close the small window')]) {
    await choose(luna, 'Small window');
    const picture = () => luna.page.evaluate(() => {
      const video = window.documentPictureInPicture.window?.document.querySelector('video');
      return video?.videoWidth === 640 && window.__watch.fingerprint(video);
    });
    const first = await until('there is a picture in it', picture);
    await until('it moves', async () => ![first, false].includes(await picture()));
    await close();
    await until('it is gone', () => luna.page.evaluate(() => window.documentPictureInPicture.window === null));
  }
  await kaguya.seesAndHears('Luna');
});

proof('one can mute, hide and leave in the small window', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'apart-tools', name: 'Luna' });
  const kaguya = await enter(browser, server, { room: 'apart-tools', name: 'Kaguya' });
  await luna.seesAndHears('Kaguya');
  await choose(luna, 'Small window');
  const button = (name, act) => luna.page.evaluate(([name, act]) => {
    const button = window.documentPictureInPicture.window?.document.querySelector(`button[aria-label="${name}"]`);
    if (act) button.click();
    const { width, height } = button.getBoundingClientRect();
    return { pressed: button.getAttribute('aria-pressed'), large: width >= 44 && height >= 44 };
  }, [name, act]);
  for (const name of ['Microphone', 'Camera']) {
    await until(`${name} is there`, () => button(name));
    assert.deepEqual(await button(name), { pressed: 'true', large: true });
    await button(name, 'click');
    await until(`${name} is off`, async () => (await luna.switch(name).getAttribute('aria-pressed')) === 'false');
    await until(`the button says that ${name} is off`, async () => (await button(name)).pressed === 'false');
  }
  await kaguya.tile('Luna').getByRole('img', { name: /muted/i }).waitFor();
  await button('Microphone', 'click');
  await until('the microphone is on again', async () => (await luna.switch('Microphone').getAttribute('aria-pressed')) === 'true');
  await button('Leave', 'click');
  await kaguya.sees([]);
  await luna.joinButton.waitFor();
  await until('it is gone', () => luna.page.evaluate(() => window.documentPictureInPicture.window === null));
});

proof('the screen stays awake during a call, and no longer', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.addInitScript(() => {
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (kind) => (window.__lock = await request(kind));
  });
  const luna = await openLobby(page, server, { room: 'awake', name: 'Luna' });
  assert.equal(await page.evaluate(() => typeof window.__lock), 'undefined', 'not in the lobby');
  await luna.join();
  await until('the screen is kept awake', () => page.evaluate(() => window.__lock?.released === false));
  await luna.leave();
  await until('it is let go', () => page.evaluate(() => window.__lock.released));
});

proof('the app can be put on a home screen: every icon has the size that is said of it', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(server.url);
  const address = await page.locator('link[rel="manifest"]').getAttribute('href');
  const { icons, start_url: start, display } = await (await fetch(server.url + address)).json();
  assert.deepEqual([start, display], ['/', 'standalone']);
  const pictures = icons.filter(({ type }) => type === 'image/png');
  assert.deepEqual(pictures.map(({ sizes }) => sizes), ['192x192', '512x512', '512x512']);
  for (const { src, sizes } of pictures) {
    const response = await fetch(server.url + src);
    assert.equal(response.headers.get('content-type'), 'image/png');
    const bytes = new DataView(await response.arrayBuffer());
    assert.equal(`${bytes.getUint32(16)}x${bytes.getUint32(20)}`, sizes);
  }
});

async function choose(member, name) {
  await member.page.getByRole('button', { name: 'More' }).click();
  await member.page.getByRole('button', { name, exact: true }).click();
}
