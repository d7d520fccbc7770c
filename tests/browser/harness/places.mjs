// Places from which people come: network namespaces on one bridge, so that what is between two of them can really be lost,
// and the way out of one really be narrow. It takes Linux, `ip`, `bridge`, `tc` and, to lose some, `nft`, and the right to
// use them.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { scratch } from './paths.mjs';

const PREFIX = `tsk${process.pid % 10_000}`;
const NET = `10.77.${process.pid % 250}`;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Who is not root may be allowed to become it. */
const AS_ROOT = process.getuid() === 0 ? [] : ['sudo', '-n'];

/** Why there can be no places here; nothing if there can. */
export function noPlaces() {
  const name = `${PREFIX}try`;
  try {
    run('ip', 'netns', 'add', name);
    run('ip', 'netns', 'del', name);
    run('tc', '-V');
  } catch (error) {
    return `no network namespaces here: ${error.message.split('\n').at(-1)}`;
  }
  return undefined;
}

/** Makes as many places, which all reach each other and this machine under `address`. */
export function makePlaces(count) {
  return new Places(count);
}

class Places {
  #bridge = `${PREFIX}b`;
  #folder = scratch('places');
  #names = [];
  #lossy = new Set();

  constructor(count) {
    this.address = `${NET}.1`;
    run('ip', 'link', 'add', this.#bridge, 'type', 'bridge');
    run('ip', 'addr', 'add', `${this.address}/24`, 'dev', this.#bridge);
    run('ip', 'link', 'set', this.#bridge, 'up');
    for (let place = 0; place < count; place++) this.#make(place);
  }

  #make(place) {
    const name = `${PREFIX}n${place}`;
    this.#names.push(name);
    run('ip', 'netns', 'add', name);
    run('ip', 'link', 'add', this.#port(place), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    run('ip', 'link', 'set', this.#port(place), 'master', this.#bridge, 'up');
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    run('ip', '-n', name, 'addr', 'add', `${NET}.${place + 2}/24`, 'dev', 'eth0');
    run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
    // A browser takes the way to anywhere for its way out.
    run('ip', '-n', name, 'route', 'add', 'default', 'via', this.address);
  }

  /** What starts a program there: a browser, unless another is named. */
  executable(place, program = CHROMIUM) {
    const file = path.join(this.#folder, `${path.basename(program)}-${place}`);
    const enter = [...AS_ROOT, 'ip', 'netns', 'exec', this.#names[place], program].join(' ');
    fs.writeFileSync(file, `#!/bin/sh\nexec ${enter} "$@"\n`, { mode: 0o755 });
    return file;
  }

  /** Loses every packet between these places, in both directions and without a word; all else passes. Or no longer. */
  part(places, apart = true) {
    // Two ports of a bridge that are both isolated do not hear each other.
    for (const place of places) run('bridge', 'link', 'set', 'dev', this.#port(place), 'isolated', apart ? 'on' : 'off');
  }

  /** Makes the way out of a place this narrow, as `tc` understands it: `300kbit`. */
  narrow(place, rate) {
    run('tc', '-n', this.#names[place], 'qdisc', 'replace', 'dev', 'eth0', ...bucket(rate));
  }

  /** Makes the way into a place this narrow. */
  narrowIn(place, rate) {
    run('tc', 'qdisc', 'replace', 'dev', this.#port(place), ...bucket(rate));
  }

  /** Lets everything through again that was made narrow. */
  widen(place) {
    for (const device of [['-n', this.#names[place], 'qdisc', 'del', 'dev', 'eth0'], ['qdisc', 'del', 'dev', this.#port(place)]]) {
      try {
        run('tc', ...device, 'root');
      } catch {
        // This one was not narrow.
      }
    }
  }

  /** Loses so many of a hundred packets of a place, each way, by chance and without a word. 100 is a cut, 0 loses none. */
  lose(place, percent) {
    this.#lossy.add(place);
    // Where they come in, at either end: a packet that is lost where it is sent from is an error to who sends it.
    run('ip', 'netns', 'exec', this.#names[place], 'nft', losing('eth0', percent));
    run('nft', losing(this.#port(place), percent));
  }

  /** Takes all of it down. */
  close() {
    for (const place of this.#names.keys()) if (this.#lossy.has(place)) this.lose(place, 0);
    for (const name of this.#names) run('ip', 'netns', 'del', name);
    run('ip', 'link', 'del', this.#bridge);
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #port(place) {
    return `${PREFIX}v${place}`;
  }
}

/** A queue that is this wide, and holds no more than comes in 300 ms. */
function bucket(rate) {
  return ['root', 'tbf', 'rate', rate, 'burst', '10kb', 'latency', '300ms'];
}

/** What loses packets that come in through a device. What was there goes, and the new comes, in one step. */
function losing(device, percent) {
  const table = `netdev loss-${device}`;
  const chain = `type filter hook ingress device "${device}" priority 0 ; numgen random mod 100 <= ${percent - 1} drop ;`;
  return `add table ${table} ; delete table ${table} ; ${percent > 0 ? `table ${table} { chain in { ${chain} } \n }` : ''}`;
}

function run(...command) {
  const [program, ...args] = [...AS_ROOT, ...command];
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}
