// Files that go from person to person: the ones that are picked to be given, and the places where those that come are kept.
// What comes is written to the origin's private file system as it comes, so that it fills no memory, under a name of our own.

const FOLDER = 'received';
/** What a page left behind that is long gone. A page that receives something has it for as long as it is open. */
const OLD = 24 * 60 * 60 * 1000;

/** Lets the person pick files; a click must be recent. */
function pick() {
  return new Promise((picked) => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true });
    input.addEventListener('change', () => picked([...input.files]));
    input.addEventListener('cancel', () => picked([]));
    input.click();
  });
}

/** Reads a part of a file. */
function read({ file, from, to }) {
  return file.slice(from, to).arrayBuffer();
}

/** A file that comes. */
class Received {
  #folder;
  #name;
  #stream;
  /** Where there is no private file system: the browser keeps large blobs on the disk as well. */
  #parts = [];
  #url = null;
  #gone = false;

  async open() {
    try {
      const root = await navigator.storage.getDirectory();
      this.#folder = await root.getDirectoryHandle(FOLDER, { create: true });
      this.#name = `${Date.now()}-${crypto.randomUUID()}`;
      const handle = await this.#folder.getFileHandle(this.#name, { create: true });
      this.#stream = await handle.createWritable();
    } catch (error) {
      if (error.name === 'QuotaExceededError') throw error;
      this.#stream = null;
    }
    return this;
  }

  async write(bytes) {
    if (this.#stream) await this.#stream.write(bytes);
    else this.#parts.push(new Blob([bytes]));
  }

  /** Completes it. It is bytes and nothing else: no browser may take it for a page of ours. */
  async close() {
    const type = 'application/octet-stream';
    await this.#stream?.close();
    const file = this.#stream ? await (await this.#folder.getFileHandle(this.#name)).getFile() : new Blob(this.#parts);
    this.#parts = [];
    const url = URL.createObjectURL(file.slice(0, file.size, type));
    if (this.#gone) URL.revokeObjectURL(url);
    else this.#url = url;
    return url;
  }

  /** Removes it for good. */
  async drop() {
    this.#gone = true;
    this.#parts = [];
    if (this.#url) URL.revokeObjectURL(this.#url);
    // One that is complete cannot be aborted any more, and one that is not there cannot be removed.
    await this.#stream?.abort().catch(() => {});
    await this.#folder?.removeEntry(this.#name).catch(() => {});
  }
}

async function create() {
  sweep().catch(() => {});
  return new Received().open();
}

/** Removes what pages have left behind. */
async function sweep() {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER);
  for await (const name of folder.keys()) {
    if (Number.parseInt(name, 10) < Date.now() - OLD) await folder.removeEntry(name).catch(() => {});
  }
}

globalThis.tsukiyoFiles = { pick, read, create };
