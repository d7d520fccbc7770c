// The recordings that are on this device: in the origin's private file system, which no server sees.

const FOLDER = 'recordings';

/** What has been given out to be played or saved, by name. */
const given = new Map();

/** Those that are complete, or were left behind by a page that is gone; the newest first. */
export async function kept() {
  const [folder, { held }] = await Promise.all([open(), navigator.locks.query()]);
  if (!folder) return [];
  const busy = new Set(held.map(({ name }) => name));
  const files = [];
  for await (const handle of folder.values()) {
    if (handle.kind !== 'file' || busy.has(`tsukiyo.recording.${handle.name}`)) continue;
    const file = await handle.getFile();
    // Its page ended before there was anything to see.
    if (file.size === 0) await folder.removeEntry(handle.name).catch(() => {});
    else files.push(file);
  }
  return files.sort((a, b) => b.lastModified - a.lastModified).map(give);
}

/** Removes one for good. */
export async function remove(name) {
  URL.revokeObjectURL(given.get(name)?.url);
  given.delete(name);
  const folder = await open();
  await folder?.removeEntry(name);
}

async function open() {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER).catch(() => null);
}

/** An address of a file is good for as long as the file stays as it is. */
function give(file) {
  const { name, size, lastModified: at } = file;
  const before = given.get(name);
  if (before?.at === at && before.size === size) return before;
  URL.revokeObjectURL(before?.url);
  const now = { name, size, at, url: URL.createObjectURL(file) };
  given.set(name, now);
  return now;
}
