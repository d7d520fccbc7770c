// Proof 8: posts are written, read, changed and deleted by people, photo included.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import zlib from 'node:zlib';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
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

proof('a post with a photo is written, read, changed and deleted', async () => {
  const page = await browser.person();
  await page.goto(`${server.url}/posts`);
  await page.getByText('No posts yet').waitFor();

  await page.getByRole('link', { name: 'Write a post' }).click();
  await page.getByLabel('Title').fill('The moon <b>tonight</b>');
  await page.getByLabel('Text').fill('二行\n& more');
  await choosePhoto(page, png(40, 30));
  await page.getByRole('button', { name: 'Save' }).click();

  await page.getByRole('heading', { name: 'The moon <b>tonight</b>' }).waitFor();
  const [post] = await posts();
  assert.equal(page.url(), `${server.url}/posts/${post.id}`);
  assert.equal(post.data.title, 'The moon <b>tonight</b>');
  assert.equal(post.data.description, '二行\n& more');
  assert.match(post.data.photo, /^data:image\/(png|jpeg|webp);base64,/);
  assert.deepEqual(await photoSize(page), [40, 30]);

  await page.getByRole('link', { name: 'Edit' }).click();
  await until('the form is filled', async () => (await page.getByLabel('Title').inputValue()) === 'The moon <b>tonight</b>');
  await page.getByLabel('Title').fill('The moon, changed');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'The moon, changed' }).waitFor();
  const [changed] = await posts();
  assert.equal(changed.data.regist_datetime, post.data.regist_datetime);
  assert.notEqual(changed.data.update_datetime, post.data.update_datetime);
  assert.equal(changed.data.photo, post.data.photo);

  await page.getByRole('link', { name: 'All posts' }).click();
  await page.getByRole('link', { name: 'The moon, changed' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  assert.equal((await posts()).length, 1);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No posts yet').waitFor();
  assert.deepEqual(await posts(), []);
  assert.deepEqual(browser.takeErrors(), []);
});

proof('a photo over the limit is refused before it is sent, with the limit in the words', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(`${server.url}/posts/new`);
  await choosePhoto(page, png(700, 700));
  await page.getByText(/at most 900 KB/).waitFor();
});

proof('a post without a title and a file that is no picture are refused in the form', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(`${server.url}/posts/new`);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Please enter a title.').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await page.getByText('That is not a picture.').waitFor();
});

proof('the list shows 10 at first and all in the end, newest first', async () => {
  await browser.empty();
  for (let i = 0; i < 23; i++) {
    await fetch(`${server.url}/api/posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: `post ${i}` }),
    });
  }
  const page = await browser.person();
  await page.goto(`${server.url}/posts`);
  const titles = page.getByRole('heading', { level: 2 });
  for (const count of [10, 20]) {
    await until(`${count} posts`, async () => (await titles.count()) === count);
    await page.getByRole('button', { name: 'Earlier posts' }).click();
  }
  await until('all posts', async () => (await titles.count()) === 23);
  assert.deepEqual(await titles.allTextContents(), Array.from({ length: 23 }, (_, i) => `post ${22 - i}`));
  assert.equal(await page.getByRole('button', { name: 'Earlier posts' }).count(), 0);
});

proof('a post that is not there, and a page that is not there, say so', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(`${server.url}/posts/nobody`);
  await page.getByText('There is no such post.', { exact: false }).waitFor();
  await page.goto(`${server.url}/no/such/page`);
  await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
  await page.getByRole('link', { name: 'To the lobby' }).click();
  await page.getByRole('button', { name: 'Join', exact: true }).waitFor();
});

async function choosePhoto(page, buffer) {
  await page.locator('input[type=file]').setInputFiles({ name: 'moon.png', mimeType: 'image/png', buffer });
}

async function photoSize(page) {
  const photo = page.getByRole('img', { name: 'Photo' });
  return until('the photo is shown', async () => {
    const size = await photo.evaluate((image) => image.complete && [image.naturalWidth, image.naturalHeight]);
    return size && size[0] > 0 && size;
  });
}

async function posts() {
  return (await fetch(`${server.url}/api/posts`)).json();
}

/** A picture of noise, which does not compress: PNG (RFC 2083) in its smallest form. */
function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  let seed = 1;
  const pixels = Buffer.alloc((width * 3 + 1) * height);
  for (let i = 0; i < pixels.length; i++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    pixels[i] = i % (width * 3 + 1) ? seed >> 16 : 0;
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', zlib.deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
