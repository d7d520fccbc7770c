// The account at the end: what was acknowledged is stored, once, and everyone has heard the same in the same order.

import assert from 'node:assert/strict';
import { ask } from './calm.mjs';

const PAGE = 200;

/** Reads all that was said in a room, oldest first. */
async function history(server, room) {
  const all = [];
  for (let before = ''; ; before = `&before=${all[0].sentAt}`) {
    const { body } = await ask(server, `/api/rooms/${room}/messages?limit=${PAGE}${before}`);
    all.unshift(...body.messages);
    if (!body.more) return all;
  }
}

/** Compares a room's history with what its members know. Returns how many messages there are. */
export async function settle(server, { room, members }) {
  const stored = await history(server, room);
  const ids = stored.map(({ id }) => id);
  assert.deepEqual(twice(ids), [], `${room}: stored twice under one id`);
  assert.deepEqual(twice(stored.map(({ text }) => text)), [], `${room}: stored twice`);
  for (const { name, log } of members) {
    const acknowledged = [...log.acknowledged.values()];
    const lost = acknowledged.filter(({ id, text }) => !stored.some((message) => message.id === id && message.text === text));
    assert.deepEqual(lost.map(({ text }) => text), [], `${name}: acknowledged and lost`);
    assert.deepEqual([...log.unheard.values()], [], `${name}: never acknowledged`);
  }
  const sent = (text) => Math.max(...members.map(({ log }) => log.sent.get(text) ?? 0));
  for (const { name, log } of members) {
    assert.deepEqual(log.order, ids, `${name} knows something else than the history`);
    const echoes = [...log.live].filter(([text, times]) => times > sent(text));
    assert.deepEqual(echoes, [], `${name} heard more often than it was said`);
  }
  return ids.length;
}

function twice(all) {
  return all.filter((one, i) => all.indexOf(one) !== i);
}
