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
