// Writes a recording to the disk while it runs, in a worker: only there is a file written at once and in place.
//
// Every slice is flushed. What a killed tab leaves behind is a file that plays up to its last slice.

import { WebM, join } from './webm.mjs';

/** The folder of the origin's private file system in which recordings are. */
const FOLDER = 'recordings';

let file;
let size = 0;
let webm = null;
/** The beginning of a WebM file, as long as it is too short to be understood. */
let beginning = new Uint8Array();
/** By now it should have been. */
const ENOUGH = 1_000_000;
let letGo;

/** One thing after another: a slice must not overtake the one before. */
let turn = Promise.resolve();
onmessage = ({ data }) => {
  turn = turn.then(() => tasks[data.task](data)).catch((error) => postMessage({ failed: error.name }));
};

const tasks = {
  /** Makes the file. Its lock says to other tabs that it is being written. */
  async open({ name }) {
    await new Promise((held) => {
      navigator.locks.request(`tsukiyo.recording.${name}`, () => new Promise((release) => {
        letGo = release;
        held();
      }));
    });
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const handle = await folder.getFileHandle(name, { create: true });
    file = await handle.createSyncAccessHandle();
    webm = name.endsWith('.webm') ? new WebM() : null;
    postMessage({ opened: true });
  },

  async write({ slice, milliseconds }) {
    append(new Uint8Array(await slice.arrayBuffer()));
    if (webm && !beginning.length) put(webm.lasting(milliseconds));
    file.flush();
    postMessage({ written: size });
  },

  /** Completes the file. Also one that ran out of space, as far as it came. */
  close({ milliseconds }) {
    try {
      if (beginning.length) append(new Uint8Array(), 0);
      cut();
      if (webm) [webm.lasting(milliseconds), ...webm.end(size)].forEach(put);
    } catch (error) {
      // Without its index the file plays as well.
      console.warn(error);
      cut();
    }
    file.flush();
    file.close();
    letGo();
    postMessage({ closed: true });
  },
};

function append(bytes, patience = ENOUGH) {
  if (webm && size === 0) {
    const all = join(beginning, bytes);
    const head = webm.begin(all);
    beginning = head || all.length > patience ? new Uint8Array() : all;
    if (beginning.length) return;
    if (!head) webm = null;
    bytes = head ?? all;
  } else {
    webm?.follow(bytes);
  }
  put({ at: size, bytes });
  size += bytes.length;
}

/** Drops what a write left behind for which there was no room. */
function cut() {
  if (file.getSize() > size) file.truncate(size);
}

function put({ at, bytes }) {
  // A full disk takes a part, or nothing and says so.
  if (file.write(bytes, { at }) < bytes.length) throw new DOMException('the disk is full', 'QuotaExceededError');
}
