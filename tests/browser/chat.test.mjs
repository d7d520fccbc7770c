// Proof 4, first half: what is said arrives as it was said, in one order for all, and stays.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startBrowser } from './harness/browser.mjs';
import { proof } from './harness/evidence.mjs';
import { enter } from './harness/room.mjs';
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

proof('what is said goes both ways, exactly as it was written', async () => {
  const [luna, kaguya] = await pair('exact');
  const said = [
    '<script>window.hacked = true</script><img src=x onerror="window.hacked = true">',
    '🌕👩‍👩‍👧 月がきれいですね',
    'two\nlines & "quotes"',
    'あ'.repeat(4_000),
  ];
  for (const [index, text] of said.entries()) {
    const [author, reader] = index % 2 ? [kaguya, luna] : [luna, kaguya];
    await author.say(text);
    await Promise.all([author.reads(said.slice(0, index + 1)), reader.reads(said.slice(0, index + 1))]);
    assert.equal((await reader.lines()).at(-1).name, author.name);
  }
  for (const { page } of [luna, kaguya]) {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.getByRole('log').locator('script, img').count(), 0);
  }
});

proof('a message of 4,001 characters cannot be sent, and its author is told why', async () => {
  const [luna] = await pair('long');
  await luna.say('a'.repeat(4_001));
  await luna.page.getByText('1 characters too many: a message has at most 4000.').waitFor();
  assert.equal(await luna.messageField.inputValue(), 'a'.repeat(4_001));
  assert.deepEqual(await luna.lines(), []);
});

proof('100 messages in a hurry from two sides stand in one order for all, and a late joiner has them', async () => {
  const [luna, kaguya] = await pair('hurry');
  const hurry = async (member) => {
    for (let i = 0; i < 50; i++) await member.say(`${member.name} ${i}`);
  };
  await Promise.all([hurry(luna), hurry(kaguya)]);
  await until('all 100 are stored', async () => (await luna.stored()).length === 100);
  const order = await luna.stored();
  for (const { name } of [luna, kaguya]) {
    assert.deepEqual(
      order.filter((text) => text.startsWith(name)),
      Array.from({ length: 50 }, (_, i) => `${name} ${i}`),
      'nobody is put out of their own order',
    );
  }
  await kaguya.reads(order);
  const late = await enter(browser, server, { room: 'hurry', name: 'Midori' });
  await late.openChat();
  await late.reads(order);
});

proof('what is said while the chat is closed is counted, and what was said before is not', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'unread', name: 'Luna' });
  await luna.openChat();
  await luna.say('before');
  await luna.reads(['before']);
  const kaguya = await enter(browser, server, { room: 'unread', name: 'Kaguya' });
  await luna.sees(['Kaguya']);
  await luna.say('after');
  await luna.say('and more');
  await kaguya.page.getByRole('button', { name: 'Chat, 2 new messages' }).waitFor();
  await kaguya.openChat();
  await kaguya.reads(['before', 'after', 'and more']);
});

proof('addresses on the web become links that tell nothing and reach nothing, and nothing else does', async () => {
  const [luna, kaguya] = await pair('links');
  const posts = `${server.url}/posts`;
  const said = `See ${posts}, (https://a.example/x?y=1&z=2#w). javascript:alert(1) ftp://a.example "><a href="https://b.example">`;
  await luna.say(said);
  await kaguya.reads([said]);
  const links = kaguya.chatLog.getByRole('link');
  assert.deepEqual(
    await links.evaluateAll((links) => links.map(({ href, target, rel }) => ({ href, target, rel }))),
    [posts, 'https://a.example/x?y=1&z=2#w', 'https://b.example/'].map((href) => ({ href, target: '_blank', rel: 'noopener noreferrer' })),
  );
  const [opened] = await Promise.all([kaguya.page.waitForEvent('popup'), links.first().click()]);
  await opened.getByRole('heading', { level: 1, name: 'Posts' }).waitFor();
  assert.deepEqual(await opened.evaluate(() => [window.opener, document.referrer]), [null, '']);
  await kaguya.seesAndHears('Luna');
});

proof('a message can be copied as it was written, by keyboard as well', async () => {
  await browser.empty();
  const options = { permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'] };
  const luna = await enter(browser, server, { room: 'copy', name: 'Luna', options });
  await luna.openChat();
  const said = 'two\nlines & https://a.example/ 月';
  await luna.say(said);
  await luna.reads([said]);
  await luna.page.getByRole('button', { name: 'Copy the message' }).press('Enter');
  await luna.page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await luna.page.evaluate(() => navigator.clipboard.readText()), said);
});

proof('where the unread begins is marked until the chat is closed', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'marked', name: 'Luna' });
  const kaguya = await enter(browser, server, { room: 'marked', name: 'Kaguya' });
  await luna.sees(['Kaguya']);
  await luna.openChat();
  await kaguya.openChat();
  await luna.say('seen');
  await kaguya.reads(['seen']);
  const marked = () => kaguya.chatLog.locator('li').filter({ hasText: /^New/ }).locator('.line-text').allTextContents();
  assert.deepEqual(await marked(), []);
  await kaguya.page.keyboard.press('Escape');
  await luna.say('new');
  await luna.say('newer');
  await kaguya.page.getByRole('button', { name: 'Chat, 2 new messages' }).click();
  await until('the first of them is marked', async () => JSON.stringify(await marked()) === '["new"]');
  await luna.say('newest');
  await kaguya.reads(['seen', 'new', 'newer', 'newest']);
  assert.deepEqual(await marked(), ['new'], 'the mark stays where it is');
  await kaguya.page.keyboard.press('Escape');
  await kaguya.openChat();
  await kaguya.reads(['seen', 'new', 'newer', 'newest']);
  assert.deepEqual(await marked(), []);
});

proof('when something was said is told in the language of whoever reads it', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'when', name: 'Luna', options: { timezoneId: 'Asia/Tokyo' } });
  await luna.openChat();
  await luna.say('now');
  await luna.reads(['now']);
  const time = luna.chatLog.locator('time');
  assert.match(await time.innerText(), /^\d\d:\d\d$/);
  assert.match(await time.getAttribute('title'), /^\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d$/);
  const at = new Date(await time.getAttribute('datetime'));
  const there = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' }).format(at);
  assert.equal(await time.innerText(), there, 'in the time of the place');
  assert.ok(Math.abs(at - Date.now()) < 60_000);
  await luna.page.evaluate(() => localStorage.setItem('tsukiyo.language', 'ja'));
  await luna.page.reload();
  await luna.page.locator('.room').waitFor();
  await luna.page.locator('.room').press('c');
  await luna.chatLog.locator('time').waitFor();
  assert.match(await time.getAttribute('title'), /^\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d$/);
});

proof('what is older than the first page of the history can be loaded', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'long-ago', name: 'Luna' });
  await luna.openChat();
  const all = Array.from({ length: 130 }, (_, i) => `message ${i}`);
  for (const text of all) await luna.say(text);
  await luna.reads(all);
  const late = await enter(browser, server, { room: 'long-ago', name: 'Midori' });
  await late.openChat();
  await late.reads(all.slice(-100));
  await late.page.getByRole('button', { name: 'Earlier messages' }).click();
  await late.reads(all);
});

async function pair(room) {
  await browser.empty();
  const members = [await enter(browser, server, { room, name: 'Luna' }), await enter(browser, server, { room, name: 'Kaguya' })];
  for (const member of members) await member.openChat();
  return members;
}
