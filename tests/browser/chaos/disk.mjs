// A small disk of its own for the store's file, which can be filled.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { scratch } from '../harness/paths.mjs';
import { asRoot, reason } from './root.mjs';

const SIZE = 64 * 1024 * 1024;

export function makeDisk() {
  return new Disk();
}

class Disk {
  folder = scratch('disk');
  /** Why it is no disk of its own but a folder, which must not be filled; nothing if it is one. */
  why;

  constructor() {
    try {
      asRoot('mount', '-t', 'tmpfs', '-o', `size=${SIZE},mode=0777`, 'tmpfs', this.folder);
    } catch (error) {
      this.why = `no tmpfs can be mounted here: ${reason(error)}`;
    }
  }

  /** The store's file. */
  get data() {
    return path.join(this.folder, 'firestore.redb');
  }

  /** Takes all the room that there is, and may be called again for what was freed since. */
  fill() {
    const file = path.join(this.folder, 'ballast');
    const { bavail, bsize } = fs.statfsSync(this.folder);
    const had = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (bavail > 0) execFileSync('fallocate', ['-l', String(had + bavail * bsize), file]);
  }

  /** Gives it back. */
  free() {
    fs.rmSync(path.join(this.folder, 'ballast'), { force: true });
  }

  /** Takes it down. */
  close() {
    if (!this.why) asRoot('umount', '--lazy', this.folder);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
