// Proof 5: what somebody switches off is seen by the others, and whoever has nothing to send is there all the same.

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

proof('a camera that goes off is seen to be off, and comes back without a new connection', async () => {
  const [luna, kaguya] = await pair('camera');
  await kaguya.seesAndHears('Luna');
  await luna.switch('Camera').click();
  await shows(kaguya, 'Luna', 'cameraOff', true);
  await kaguya.tile('Luna').locator('.avatar').waitFor();
  await kaguya.seesAndHears('Luna', { picture: false });
  assert.equal(await cameraIsLive(luna), false, 'the device is released, so that its light goes out');
  await luna.switch('Camera').click();
  await shows(kaguya, 'Luna', 'cameraOff', false);
  await kaguya.tile('Luna').locator('.avatar').waitFor({ state: 'detached' });
  await kaguya.seesAndHears('Luna');
  assert.equal((await kaguya.connections()).made, 1);
});

proof('whoever has not shown a picture yet is heard, and seen as soon as there is one', async () => {
  const room = 'voice';
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  const luna = await openLobby(await browser.person(), server, { room, name: 'Luna' });
  await luna.ready();
  await luna.switch('Camera').click();
  await luna.join();
  await kaguya.seesAndHears('Luna', { picture: false });
  await luna.switch('Camera').click();
  await kaguya.seesAndHears('Luna');
});

proof('whoever mutes is seen to be muted and is not heard', async () => {
  const [luna, kaguya] = await pair('mute');
  await kaguya.seesAndHears('Luna');
  await luna.switch('Microphone').click();
  await shows(kaguya, 'Luna', 'muted', true);
  await kaguya.tile('Luna').getByRole('img', { name: 'Muted' }).waitFor();
  await until('silence', async () => {
    const before = await kaguya.received('Luna');
    await kaguya.seesAndHears('Luna', { sound: false });
    return (await kaguya.received('Luna')).energy - before.energy < 1e-6;
  });
  await luna.switch('Microphone').click();
  await shows(kaguya, 'Luna', 'muted', false);
  await kaguya.seesAndHears('Luna');
});

proof('a microphone that is unplugged is replaced by another, and the person is told', async () => {
  const [luna, kaguya] = await pair('unplugged');
  await kaguya.seesAndHears('Luna');
  await luna.page.evaluate(() => {
    const track = window.__watch.captured.find(({ kind }) => kind === 'audio');
    // What a browser does when the plug is pulled.
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  await until('another is open', () => luna.page.evaluate(() => window.__watch.captured.some(({ kind, readyState }) => kind === 'audio' && readyState === 'live')));
  await kaguya.seesAndHears('Luna');
  assert.equal((await kaguya.connections()).made, 1);
});

proof('the switches of the lobby hold in the room', async () => {
  await browser.empty();
  const luna = await openLobby(await browser.person(), server, { room: 'switched', name: 'Luna' });
  await luna.ready();
  await luna.switch('Camera').click();
  await luna.switch('Microphone').click();
  await luna.join();
  const kaguya = await enter(browser, server, { room: 'switched', name: 'Kaguya' });
  await shows(kaguya, 'Luna', 'cameraOff', true);
  await shows(kaguya, 'Luna', 'muted', true);
  await luna.seesAndHears('Kaguya');
  await luna.switch('Camera').click();
  await luna.switch('Microphone').click();
  await kaguya.seesAndHears('Luna');
});

proof('keys switch as the buttons do', async () => {
  const [luna, kaguya] = await pair('keys');
  await luna.page.keyboard.press('m');
  await shows(kaguya, 'Luna', 'muted', true);
  await luna.page.keyboard.press('v');
  await shows(kaguya, 'Luna', 'cameraOff', true);
  await luna.page.keyboard.press('c');
  await luna.messageField.waitFor();
  await luna.page.keyboard.type('mv');
  assert.equal(await luna.messageField.inputValue(), 'mv');
  await luna.page.keyboard.press('Escape');
  await luna.messageField.waitFor({ state: 'detached' });
});

for (const [what, options, words] of [
  ['without any camera or microphone', { camera: false }, 'Camera and microphone: none found'],
  ['who refuses camera and microphone', { allowed: false }, 'Camera and microphone: not allowed'],
]) {
  proof(`a person ${what} is told so, is on a tile, and sees and hears the others`, async () => {
    await browser.empty();
    const room = what.replaceAll(' ', '-');
    const poor = await startBrowser(options);
    try {
      const luna = await enter(browser, server, { room, name: 'Luna' });
      const midori = await openLobby(await poor.person(), server, { room, name: 'Midori' });
      await midori.page.getByRole('alert').filter({ hasText: words }).waitFor();
      await midori.join();
      await luna.sees(['Midori']);
      await shows(luna, 'Midori', 'cameraOff', true);
      await shows(luna, 'Midori', 'muted', true);
      await midori.seesAndHears('Luna');
      // Whoever comes later gets an offer from somebody who receives and does not send.
      const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
      await Promise.all([midori.seesAndHears('Kaguya'), kaguya.sees(['Luna', 'Midori']), kaguya.seesAndHears('Luna')]);
      assert.deepEqual([...poor.takeErrors(), ...browser.takeErrors()], []);
    } finally {
      await poor.close();
    }
  });
}

proof('two people without any device meet and can write to each other', async () => {
  const poor = await startBrowser({ camera: false });
  try {
    const members = [];
    for (const name of ['Luna', 'Kaguya']) members.push(await enter(poor, server, { room: 'silent', name }));
    const [luna, kaguya] = members;
    await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
    for (const member of members) await member.openChat();
    await luna.say('can you read me?');
    await kaguya.reads(['can you read me?']);
    for (const [member, other] of [[luna, 'Kaguya'], [kaguya, 'Luna']]) {
      await until('connected', async () => (await member.tile(other).getAttribute('data-state')) === 'connected');
    }
  } finally {
    await poor.close();
  }
});

proof('a reload goes back into the room by itself, as one person', async () => {
  const [luna, kaguya] = await pair('reload');
  await kaguya.seesAndHears('Luna');
  await luna.page.reload();
  await luna.inside();
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  await Promise.all([luna.seesAndHears('Kaguya'), kaguya.seesAndHears('Luna')]);
  await kaguya.sees(['Luna']);
});

proof('who has left is asked again: a reload stays in the lobby, with name and room remembered', async () => {
  const [luna] = await pair('left');
  await luna.leave();
  await luna.joinButton.waitFor();
  await luna.page.goto(`${server.url}/`);
  await luna.joinButton.waitFor();
  assert.equal(await luna.page.getByLabel('Your name').inputValue(), 'Luna');
  assert.equal(await luna.page.getByLabel('Room', { exact: true }).inputValue(), 'left');
});

proof('an offer names the codecs that everybody has, and none that only some have', async () => {
  await browser.empty();
  const luna = await enter(browser, server, { room: 'codecs', name: 'Luna' });
  const kaguya = await enter(browser, server, { room: 'codecs', name: 'Kaguya' });
  await kaguya.seesAndHears('Luna');
  const codecs = await kaguya.page.evaluate(() => {
    const { sdp } = window.__watch.connections.find((connection) => connection.met).localDescription;
    return [...new Set([...sdp.matchAll(/^a=rtpmap:\d+ ([^/]+)/gm)].map(([, name]) => name))].sort();
  });
  assert.deepEqual(codecs, ['VP8', 'opus', 'red', 'rtx', 'ulpfec']);
  await luna.seesAndHears('Kaguya');
});

proof('the room is tried out in the lobby unseen, and nothing of that is left', async () => {
  const page = await browser.person();
  await page.addInitScript(() => {
    window.__rehearsals = [];
    const look = () => {
      const room = document.querySelector('.room');
      if (room && window.__rehearsals.at(-1) !== room) window.__rehearsals.push(room);
      if (room?.checkVisibility()) window.__seen = true;
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  const member = await openLobby(page, server, { room: 'rehearsal', name: 'Luna' });
  await member.ready();
  // It begins with the first sign that somebody is there.
  await page.mouse.move(10, 10);
  await until('it was drawn, and is gone', () => page.evaluate(() => window.__rehearsals.length === 1 && !document.querySelector('.room')));
  assert.equal(await page.evaluate(() => window.__seen), undefined, 'nobody saw it');
  assert.equal(await page.title(), 'rehearsal · Tsukiyo');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name', 'the focus stays in the form');
  await member.join();
  assert.equal(await page.evaluate(() => window.__rehearsals.length), 2, 'the room is another one');
  assert.deepEqual(await member.others(), []);
  await member.leave();
  await page.mouse.move(20, 20);
  await member.ready();
  assert.equal(await page.evaluate(() => window.__rehearsals.length), 2, 'once is enough');
  assert.deepEqual(browser.takeErrors(), []);
});

proof('a link to a room opens the lobby with that room, and tells who is inside', async () => {
  const [luna] = await pair('月見-2026');
  const page = await browser.person();
  await page.goto(`${server.url}/room/${encodeURIComponent('月見-2026')}`);
  await page.getByText('Inside now: Luna, Kaguya').waitFor();
  assert.equal(await page.getByLabel('Room', { exact: true }).inputValue(), '月見-2026');
  assert.equal(await page.getByLabel('Your name').inputValue(), '');
  await luna.leave();
});

proof('the invite link is copied, and leads to the room', async () => {
  await browser.empty();
  const luna = await enter(browser, server, {
    room: 'invited',
    name: 'Luna',
    options: { permissions: ['clipboard-read', 'clipboard-write', 'camera', 'microphone'] },
  });
  await luna.page.getByRole('button', { name: 'Copy invite link' }).first().click();
  await luna.page.getByText('Copied').first().waitFor();
  const link = await luna.page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, `${server.url}/room/invited`);
});

proof('"new room" makes a name that nobody can guess, and another one each time', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(server.url);
  const field = page.getByLabel('Room', { exact: true });
  const names = new Set();
  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: 'New room' }).click();
    const name = await until('a new name', async () => {
      const value = await field.inputValue();
      return !names.has(value) && value;
    });
    assert.match(name, /^[\w-]{16,64}$/);
    names.add(name);
  }
});

proof('names that are no names are refused in the form, with a reason', async () => {
  await browser.empty();
  const page = await browser.person();
  await page.goto(server.url);
  const [name, room] = [page.getByLabel('Your name'), page.getByLabel('Room', { exact: true })];
  for (const [wrongName, wrongRoom] of [['', 'a'], ['  ', 'a'], ['月'.repeat(41), 'a'], ['Luna', ''], ['Luna', '../'], ['Luna', 'a b'], ['Luna', 'r'.repeat(65)]]) {
    await name.fill(wrongName);
    await room.fill(wrongRoom);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await until('a reason', async () => (await page.locator('.problem').allTextContents()).join('').length > 5);
    assert.equal(await page.getByRole('button', { name: 'Leave' }).count(), 0);
  }
});

async function pair(room) {
  await browser.empty();
  const luna = await enter(browser, server, { room, name: 'Luna' });
  const kaguya = await enter(browser, server, { room, name: 'Kaguya' });
  await Promise.all([luna.sees(['Kaguya']), kaguya.sees(['Luna'])]);
  return [luna, kaguya];
}

function shows(member, name, fact, wanted) {
  return until(`${member.name} sees of ${name}: ${fact} ${wanted}`, async () => {
    const seen = (await member.tile(name).evaluate((tile, fact) => tile.dataset[fact], fact)) === 'true';
    return seen === wanted;
  });
}

/** Whether the person's own camera still runs. */
function cameraIsLive({ page }) {
  return page.evaluate(() =>
    window.__watch.open().some((connection) =>
      connection.getSenders().some(({ track }) => track?.kind === 'video' && track.readyState === 'live'),
    ),
  );
}
