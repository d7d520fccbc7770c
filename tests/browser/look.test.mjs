// Proof 8: the pages can be read and used by everybody, on small screens and slow lines too.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { part, proof } from './harness/evidence.mjs';
import { fits, hasNoBarriers } from './harness/look.mjs';
import { firstLoad } from './harness/network.mjs';
import { enter, openLobby } from './harness/room.mjs';
import { startServer } from './harness/server.mjs';

const PHONE = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true };
let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const colorScheme of ['dark', 'light']) {
  proof(`no page has barriers for people with disabilities, ${colorScheme}`, async (t) => {
    await browser.empty();
    await write({ title: 'A post', description: 'with a text', user_id: 'Luna' });
    const luna = await openLobby(await browser.person({ colorScheme }), server, { room: `look-${colorScheme}`, name: 'Luna' });
    await part(t, 'lobby', () => hasNoBarriers(luna.page));
    await luna.join();
    await part(t, 'room, alone', () => hasNoBarriers(luna.page));
    const kaguya = await enter(browser, server, { room: `look-${colorScheme}`, name: 'Kaguya' });
    await luna.seesAndHears('Kaguya');
    await luna.openChat();
    await luna.say('hello');
    await luna.reads(['hello']);
    await kaguya.switch('Camera').click();
    await part(t, 'room, with chat', () => hasNoBarriers(luna.page));
    await luna.page.keyboard.press('Escape');
    await luna.page.keyboard.press('r');
    await luna.page.getByRole('dialog', { name: 'Record' }).waitFor();
    await part(t, 'before a recording', () => hasNoBarriers(luna.page));
    await luna.page.getByRole('button', { name: 'Start recording' }).click();
    await luna.page.getByRole('timer').getByText('00:01').waitFor();
    await part(t, 'while it is recorded', () => hasNoBarriers(luna.page));
    await part(t, 'while somebody else records', () => hasNoBarriers(kaguya.page));
    await luna.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await luna.page.getByRole('link', { name: 'Save' }).waitFor();
    await part(t, 'after a recording', () => hasNoBarriers(luna.page));
    for (const path of ['/posts', '/posts/new', '/no/such/page']) {
      await luna.page.goto(`${server.url}${path}`);
      await luna.page.getByRole('heading', { level: 1 }).waitFor();
      await part(t, path, () => hasNoBarriers(luna.page));
    }
  });
}

// The weight that is promised; `tests/bench/load` tells what it consists of.
proof('a first visit asks for at most 8 things, and weighs at most 250 KB', async () => {
  await browser.empty();
  const requests = await firstLoad(await browser.person(), `${server.url}/room/first`);
  const bytes = requests.reduce((sum, request) => sum + request.bytes, 0);
  assert.ok(requests.length <= 8, JSON.stringify(requests));
  assert.ok(bytes <= 250_000, JSON.stringify(requests));
});

proof('a second visit asks for next to nothing', async () => {
  await browser.empty();
  const page = await browser.person();
  for (const path of ['/', '/posts', '/', '/posts']) {
    await page.goto(server.url + path);
    await page.getByRole('heading', { level: 1, name: path === '/' ? 'Into the room' : 'Posts' }).waitFor();
  }
  const cached = await page.evaluate(() =>
    performance.getEntriesByType('resource').filter(({ name }) => /\.(js|wasm|css)$/.test(name)).map(({ name, transferSize }) => [name, transferSize]),
  );
  assert.ok(cached.length > 0);
  for (const [name, transferred] of cached) assert.equal(transferred, 0, `${name} comes from the cache`);
});

proof('the language is the one that the browser prefers, until another is chosen, which is remembered', async () => {
  await browser.empty();
  const page = await browser.person({ locale: 'ja-JP' });
  await page.goto(server.url);
  await page.getByRole('button', { name: '参加', exact: false }).first().waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.reload();
  await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
  await page.getByRole('button', { name: '日本語' }).click();
  await page.getByRole('button', { name: '参加', exact: false }).first().waitFor();
});

proof('the theme is the one that the system prefers, until another is chosen, which is remembered', async () => {
  await browser.empty();
  const page = await browser.person({ colorScheme: 'light' });
  await page.goto(server.url);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  const light = await ground();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.reload();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  assert.equal(await ground(), dark);
});

proof('on a phone of 360 px nothing is cut off, and whatever is tapped is large enough for a finger', async (t) => {
  await browser.empty();
  const luna = await openLobby(await browser.person(PHONE), server, { room: 'phone', name: 'Luna' });
  await part(t, 'lobby', () => fits(luna.page));
  await luna.join();
  await part(t, 'room, alone', () => fits(luna.page));
  const kaguya = await enter(browser, server, { room: 'phone', name: 'Kaguya' });
  await luna.seesAndHears('Kaguya');
  await part(t, 'room', () => fits(luna.page));
  await luna.page.keyboard.press('r');
  await luna.page.getByRole('button', { name: 'Start recording' }).click();
  await luna.page.getByRole('timer').waitFor();
  await part(t, 'room, while it is recorded', () => fits(luna.page));
  await luna.page.getByRole('button', { name: 'Stop', exact: true }).click();
  await luna.page.getByRole('link', { name: 'Save' }).waitFor();
  await part(t, 'room, with a recording', () => fits(luna.page));
  await luna.page.keyboard.press('Escape');
  await luna.openChat();
  await kaguya.openChat();
  await kaguya.say(`a long word: ${'w'.repeat(300)}`);
  await luna.reads([`a long word: ${'w'.repeat(300)}`]);
  await part(t, 'room, with chat', () => fits(luna.page));
  await write({ title: 'w'.repeat(300), description: 'w'.repeat(300) });
  for (const path of ['/posts', '/posts/new', '/no/such/page']) {
    await luna.page.goto(`${server.url}${path}`);
    await luna.page.getByRole('heading', { level: 1 }).waitFor();
    await part(t, path, () => fits(luna.page));
  }
});

proof('the page does without inline scripts, and says which sources it trusts', async () => {
  await browser.empty();
  const response = await fetch(server.url);
  const policy = response.headers.get('content-security-policy');
  assert.match(policy, /'wasm-unsafe-eval'/);
  assert.doesNotMatch(policy, /script-src[^;]*'unsafe-(inline|eval)'/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  const page = await browser.person();
  const refused = [];
  page.on('console', (message) => /content security policy/i.test(message.text()) && refused.push(message.text()));
  await page.goto(server.url);
  await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
  assert.deepEqual(refused, []);
  assert.deepEqual(browser.takeErrors(), []);
});

async function write(post) {
  const response = await fetch(`${server.url}/api/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(post),
  });
  assert.ok(response.ok);
}
