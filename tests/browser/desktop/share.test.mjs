// What the program shares: a screen or a window, as the browser decodes it.

import { after, before } from 'node:test';
import { startBrowser } from '../harness/browser.mjs';
import { enterDesktop } from '../harness/desktop.mjs';
import { proof } from '../harness/evidence.mjs';
import { enter } from '../harness/room.mjs';
import { startServer } from '../harness/server.mjs';
import { until } from '../harness/until.mjs';
import { openWindow, startDisplay } from '../harness/window.mjs';

let server, browser, display;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  display = await startDisplay();
});

after(async () => {
  await display?.close();
  await browser?.close();
  await server?.stop();
});

proof('a person picks the screen or a window by what it looks like, and the browser sees it', async () => {
  const room = 'share';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await openWindow(display, server, { room, name: 'Kaguya' });
  try {
    await kaguya.click('Join');
    await kaguya.seesMoving('Luna');
    await kaguya.click('Share the screen');
    const pictures = () => kaguya.evaluate(() => [...document.querySelectorAll('.picker img')].map((image) => image.complete && image.naturalWidth));
    await until('the screen and the window are offered', async () => (await pictures()).filter((width) => width > 100).length >= 2);
    if (process.env.TSUKIYO_SCREENSHOT) await kaguya.screenshot(process.env.TSUKIYO_SCREENSHOT);
    await kaguya.click('Cancel');
    await until('nothing is asked', async () => (await pictures()).length === 0);

    await kaguya.click('Share the screen');
    await kaguya.click('The whole screen');
    // The screen shows Kaguya's window, in which Luna moves.
    await luna.seesScreen('Kaguya');
    await size(luna, 'Kaguya', 1280, 800);
    await kaguya.click('Share the screen');
    await until('the share is over', async () => (await luna.screen('Kaguya').count()) === 0);

    await kaguya.click('Share the screen');
    await kaguya.pick(1);
    await luna.seesScreen('Kaguya');
    await size(luna, 'Kaguya', 1180, 760);
  } finally {
    await kaguya.kill();
  }
});

proof('without a window it is the whole screen, and without a screen it says so and stays', async () => {
  const room = 'bare';
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const hime = await enterDesktop(server, { room, name: 'Hime', env: { DISPLAY: '' } });
  const kaguya = await enterDesktop(server, { room, name: 'Kaguya', env: { DISPLAY: display.env.DISPLAY } });
  try {
    kaguya.ask({ share: true });
    await size(luna, 'Kaguya', 1280, 800);
    kaguya.ask({ share: false });
    await until('the share is over', async () => (await luna.screen('Kaguya').count()) === 0);
    hime.ask({ share: true });
    await until('it says so', () => /screens are shared by X11 only/.test(hime.log));
    await luna.seesAndHears('Hime');
  } finally {
    await kaguya.kill();
    await hime.kill();
  }
});

/** Waits until what somebody shares is decoded in this size, and is not all black. */
function size(member, name, width, height) {
  return until(`${member.name} sees ${width}×${height} of ${name}`, async () => {
    const seen = await member.screen(name).locator('video').evaluate((video) => ({
      width: video.videoWidth,
      height: video.videoHeight,
      picture: video.videoWidth ? window.__watch.fingerprint(video) : 'none',
    }));
    if (seen.width !== width || seen.height !== height || typeof seen.picture !== 'number') throw new Error(JSON.stringify(seen));
    return true;
  });
}
