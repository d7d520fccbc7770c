// What "everyone is back" means: each member sees the others as they are, every server tells the same, and what one says or
// passes on reaches the others.

import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked again. */
const LOOK = 50;
/** How long a server may take over an answer until it is asked again. */
const ANSWER = 1_500;
/** After which time an offer is made again that nobody has answered. */
const AGAIN = 250;

/**
 * Waits until everyone is back, but not beyond `deadline` (of `performance.now()`), whose passing is an error. Returns what was
 * wrong last.
 */
export async function calm(site, crowd, deadline) {
  let [wrong, last] = [[], []];
  const until = async (look, every = LOOK) => {
    for (;;) {
      wrong = await look();
      if (wrong.length === 0) return;
      last = wrong;
      if (performance.now() > deadline) throw new Error(`not everyone is back: ${wrong.join('; ')}`);
      await sleep(every);
    }
  };
  do {
    await until(() => crowd.strayed());
    await until(() => astray(site, crowd));
    const probes = crowd.rooms.flatMap(({ members }) => members.map((member) => probe(member, members)));
    await until(() => probes.flatMap((look) => look()));
    // Whoever was about to notice something has noticed it by now.
    wrong = [...crowd.strayed(), ...(await astray(site, crowd))];
  } while (wrong.length > 0);
  return last;
}

/** What the servers tell otherwise than it is. */
async function astray({ servers }, { rooms }) {
  const told = servers.map(async (server, s) => {
    const wrong = [];
    try {
      const { status } = await ask(server, '/readyz');
      if (status !== 200) wrong.push(`server ${s} is not ready: ${status}`);
      for (const { room, names } of rooms) {
        const { status, body } = await ask(server, `/api/rooms/${room}`);
        const inside = status === 200 ? body.members.toSorted().join() : status;
        if (inside !== names.join()) wrong.push(`server ${s} tells of ${room}: ${inside}`);
      }
    } catch (error) {
      wrong.push(`server ${s} does not answer: ${error.message}`);
    }
    return wrong;
  });
  return (await Promise.all(told)).flat();
}

/** Lets a member say something and call everyone; returns what tells what has not arrived. */
function probe(member, members) {
  const text = member.chat();
  const others = members.filter((other) => other !== member);
  const calls = new Map(others.map((other) => [other, { asked: [], at: -Infinity }]));
  const call = (other) => {
    const made = calls.get(other);
    if (made.asked.some((asked) => member.answered.has(asked))) return [];
    if (performance.now() - made.at > AGAIN) {
      made.asked.push(member.call(other.me));
      made.at = performance.now();
    }
    return [`${other.name} does not answer ${member.name}`];
  };
  return () => {
    const unheard = [...member.log.unheard.values()].includes(text) ? [`nobody stores "${text}"`] : [];
    const deaf = others.filter((other) => !other.log.texts.has(text)).map((other) => `${other.name} has not heard "${text}"`);
    return [...unheard, ...deaf, ...others.flatMap(call)];
  };
}

/** Asks a server for what is at a path. */
export async function ask(server, path) {
  const response = await fetch(server.url + path, { signal: AbortSignal.timeout(ANSWER) });
  const text = await response.text();
  return { status: response.status, body: response.ok ? JSON.parse(text) : text };
}
