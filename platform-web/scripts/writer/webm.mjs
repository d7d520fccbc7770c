// What MediaRecorder leaves out of a WebM file (RFC 8794, RFC 9559): how long it is, and where to find what.
//
// It writes as if to a broadcast. So room for a duration and for a pointer is made in the head before it is written, and an
// index of the clusters is kept, three numbers each, to be written at the end.

const ID = {
  segment: 0x18538067, info: 0x1549a966, tracks: 0x1654ae6b, entry: 0xae, number: 0xd7, type: 0x83,
  cluster: 0x1f43b675, timestamp: 0xe7, block: 0xa3, duration: 0x4489, void: 0xec,
  seekHead: 0x114d9b74, seek: 0x4dbb, seekId: 0x53ab, seekPosition: 0x53ac,
  cues: 0x1c53bb6b, cuePoint: 0xbb, cueTime: 0xb3, cuePositions: 0xb7, cueTrack: 0xf7, cueCluster: 0xf1,
};
const UNKNOWN = -1;
const VIDEO = 1;
/** A block begins with its track (one byte, as there are two), its time, and flags. */
const BLOCK_HEAD = 4;
/** The flag of a picture that needs no other. */
const KEY = 0x80;
/** Bytes that are kept free for the pointer to the index. */
const POINTER = 32;
/** The longest id and size that an element begins with. */
const LONGEST = 12;

/** Finds its way through a WebM file while it is written. Milliseconds and bytes, as the file has them. */
export class WebM {
  /** Where the segment's content begins: all positions in the index count from here. */
  #base = 0;
  #pointerAt = 0;
  #durationAt = 0;
  #track = 1;
  /** How much of the file has been looked at, and the bytes at its end that were too few to tell. */
  #seen = 0;
  #rest = new Uint8Array();
  /** How much of an element's content is still to come. */
  #skip = 0;
  /** The cluster that is being looked at, until a picture in it is found. */
  #cluster = null;
  /** Where the film can be entered: the clusters that begin with a whole picture. */
  #doors = [];

  /** Takes the file's beginning, and returns it with room in it; `null` while it is not complete, or is no WebM. */
  begin(bytes) {
    const tops = [...elements(bytes, 0, bytes.length)];
    const segment = tops.find(({ id }) => id === ID.segment);
    if (!segment) return null;
    const inside = [...elements(bytes, segment.content, bytes.length)];
    const info = inside.find(({ id, end }) => id === ID.info && end <= bytes.length);
    const tracks = inside.find(({ id, end }) => id === ID.tracks && end <= bytes.length);
    if (!info || !tracks) return null;

    this.#base = segment.content;
    this.#track = videoTrack(bytes, tracks);
    const duration = element(ID.duration, float(0));
    const head = element(ID.info, join(bytes.subarray(info.content, info.end), duration));
    const room = element(ID.void, new Uint8Array(POINTER - 2));
    this.#pointerAt = info.start;
    this.#durationAt = info.start + room.length + head.length - 8;
    const before = join(bytes.subarray(0, info.start), room, head);
    this.#seen = before.length + tracks.end - info.end;
    const changed = join(before, bytes.subarray(info.end));
    this.follow(changed.subarray(this.#seen));
    return changed;
  }

  /** Takes what comes next in the file. */
  follow(bytes) {
    try {
      this.#look(bytes);
    } catch {
      // What is not understood is written as it is, and not in the index.
      this.#skip = Infinity;
    }
  }

  /** What to write where for the file to be this long. */
  lasting(milliseconds) {
    return { at: this.#durationAt, bytes: float(milliseconds) };
  }

  /** What to write at the end of the file and into its head for players to jump about in it. */
  end(size) {
    // What was looked at last may not have come to the disk.
    const there = this.#doors.filter(({ at }) => this.#base + at < size);
    const points = there.map(({ time, at }) =>
      element(ID.cuePoint, join(
        element(ID.cueTime, uint(time)),
        element(ID.cuePositions, join(element(ID.cueTrack, uint(this.#track)), element(ID.cueCluster, uint(at)))),
      )));
    const seek = element(ID.seek, join(
      element(ID.seekId, uint(ID.cues)),
      element(ID.seekPosition, uint(size - this.#base)),
    ));
    const pointer = element(ID.seekHead, seek);
    const left = element(ID.void, new Uint8Array(POINTER - pointer.length - 2));
    return [
      { at: size, bytes: element(ID.cues, join(...points)) },
      { at: this.#pointerAt, bytes: join(pointer, left) },
    ];
  }

  /** Looks whether the first picture of a cluster is a whole one, or only says what has changed since the one before. */
  #block(bytes, at) {
    const track = bytes[at] & 0x7f;
    if (!this.#cluster || track !== this.#track) return;
    if (bytes[at + BLOCK_HEAD - 1] & KEY) this.#doors.push(this.#cluster);
    this.#cluster = null;
  }

  /** Goes through elements, into clusters and past everything else. */
  #look(bytes) {
    const all = join(this.#rest, bytes);
    let at = Math.min(this.#skip, all.length);
    this.#skip -= at;
    while (this.#skip === 0 && at < all.length) {
      const one = head(all, at);
      // Too little to tell.
      if (!one || (one.id === ID.timestamp && one.end > all.length)) break;
      if (one.id === ID.block && one.content + BLOCK_HEAD > all.length) break;
      if (one.id === ID.cluster) {
        this.#cluster = { time: 0, at: this.#seen + at - this.#base };
        at = one.content;
        continue;
      }
      if (one.end === UNKNOWN) throw new RangeError('this is no WebM');
      if (one.id === ID.timestamp && this.#cluster) this.#cluster.time = number(all, one.content, one.end);
      if (one.id === ID.block) this.#block(all, one.content);
      const end = Math.min(one.end, all.length);
      this.#skip = one.end - end;
      at = end;
    }
    this.#seen += at;
    this.#rest = all.slice(at);
  }
}

function videoTrack(bytes, tracks) {
  for (const entry of elements(bytes, tracks.content, tracks.end)) {
    const fields = [...elements(bytes, entry.content, entry.end)];
    const value = (wanted) => {
      const field = fields.find(({ id }) => id === wanted);
      return field ? number(bytes, field.content, field.end) : 0;
    };
    if (value(ID.type) === VIDEO) return value(ID.number);
  }
  return 1;
}

/** The elements one after another, as far as their heads are there. What has no size ends with its parent. */
function* elements(bytes, from, to) {
  for (let at = from; at < to; ) {
    const one = head(bytes, at);
    if (!one) return;
    yield one.end === UNKNOWN ? { ...one, end: to } : one;
    at = one.end === UNKNOWN ? to : one.end;
  }
}

/** An element's id, and where it, its content and what follows it begin; `null` if too little of it is there. */
function head(bytes, start) {
  if (start >= bytes.length) return null;
  const idLength = Math.clz32(bytes[start]) - 23;
  const sizeAt = start + idLength;
  if (sizeAt >= bytes.length) return null;
  const sizeLength = Math.clz32(bytes[sizeAt]) - 23;
  const content = sizeAt + sizeLength;
  if (content > bytes.length) return null;
  if (content - start > LONGEST) throw new RangeError('this is no WebM');
  const mask = 0xff >> sizeLength;
  let size = bytes[sizeAt] & mask;
  let unknown = size === mask;
  for (let at = sizeAt + 1; at < content; at++) {
    size = size * 256 + bytes[at];
    unknown &&= bytes[at] === 0xff;
  }
  return { id: number(bytes, start, sizeAt), start, content, end: unknown ? UNKNOWN : content + size };
}

function number(bytes, from, to) {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 256 + bytes[at];
  return value;
}

function element(id, content) {
  // A size of eight bytes, but for the smallest: it need not be known how small it could be.
  const size = content.length < 127 ? new Uint8Array([0x80 | content.length]) : join(new Uint8Array([1]), wide(content.length));
  return join(uint(id), size, content);
}

/** A size in the seven bytes behind its marker. */
function wide(value) {
  const bytes = new Uint8Array(7);
  for (let at = 6; at >= 0; at--) {
    bytes[at] = value % 256;
    value = Math.floor(value / 256);
  }
  return bytes;
}

function uint(value) {
  const bytes = [];
  do {
    bytes.unshift(value % 256);
    value = Math.floor(value / 256);
  } while (value > 0);
  return new Uint8Array(bytes);
}

function float(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
