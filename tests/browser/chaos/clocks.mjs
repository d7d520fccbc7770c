// Clocks of servers that can be set wrong: libfaketime stands before the C library and reads from a file by how much.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { scratch } from '../harness/paths.mjs';
import { reason } from './root.mjs';

export function makeClocks() {
  return new Clocks();
}

class Clocks {
  #folder = scratch('clocks');
  #library = library();
  /** Why no clock can be set here; nothing if they can. */
  why;

  constructor() {
    this.set(0, 3_600);
    this.why = this.#library ? this.#whyNot() : 'there is no libfaketime: the package faketime has it';
    this.set(0, 0);
  }

  /** What a server needs in its environment so that its clock can be set. */
  env(server) {
    if (this.why) return {};
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file(server),
      // It is asked for so seldom that the file may be read each time.
      FAKETIME_NO_CACHE: '1',
      // What measures how long something takes does not jump when a machine's clock is set.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Lets a server's clock differ from the right one by so many seconds, from now on and also after a new start. */
  set(server, seconds) {
    // At once: half a line would be no time.
    fs.writeFileSync(`${this.#file(server)}.new`, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`);
    fs.renameSync(`${this.#file(server)}.new`, this.#file(server));
  }

  close() {
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #file(server) {
    return path.join(this.#folder, `clock-${server}`);
  }

  /** Asks a program that is an hour ahead for the time. */
  #whyNot() {
    try {
      const said = execFileSync('date', ['+%s'], { env: { ...process.env, ...this.env(0) }, encoding: 'utf8' });
      const ahead = Number(said) - Date.now() / 1_000;
      return Math.abs(ahead - 3_600) < 60 ? undefined : `libfaketime does nothing: ${ahead} s ahead instead of 3600`;
    } catch (error) {
      return `libfaketime does not work: ${reason(error)}`;
    }
  }
}

/** The library for programs with threads, wherever the package has put it. */
function library() {
  for (const folder of ['/usr/lib', '/usr/local/lib']) {
    const places = fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => `${folder}/${name}/faketime`) : [];
    const found = [`${folder}/faketime`, ...places].find((place) => fs.existsSync(`${place}/libfaketimeMT.so.1`));
    if (found) return `${found}/libfaketimeMT.so.1`;
  }
  return undefined;
}
