// Draws everybody into one picture, as the scene says, as often as it is told to.

/** The night, always: a recording has no theme. */
const GROUND = '#0b1020';
const TILE = '#1b2440';
const RAISED = '#141b30';
const LINE = '#2a3557';
const TEXT = '#eef2ff';
const SCRIM = 'rgb(10 15 32 / .72)';
const DANGER = '#ff9d9d';
const SPEAK = '#7fd1ae';
const FONT = '"Inter", "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", system-ui, sans-serif';
const HAVE_CURRENT_DATA = 2;
/** The size of the icons' drawings. */
const ICON = 24;

/** One picture made of many. */
export class Compositor {
  #canvas = document.createElement('canvas');
  #paint;
  #scene = { tiles: [] };
  /** A picture can only be drawn from an element that plays it. By the stream's id. */
  #videos = new Map();
  /** Where everything that does not move has been drawn since the scene changed. */
  #fresh = false;
  #sink;
  #size;

  /** A scene of this size, drawn at a scale. */
  constructor(width, height, rate, scale = 1) {
    Object.assign(this.#canvas, { width: width * scale, height: height * scale });
    this.#paint = this.#canvas.getContext('2d', { alpha: false });
    this.#paint.scale(scale, scale);
    this.#size = { width, height };
    this.#sink = globalThis.MediaStreamTrackGenerator ? new Generator() : new Capture(this.#canvas, rate);
  }

  /** The picture as a track. */
  get track() {
    return this.#sink.track;
  }

  /** Shows another scene from now on. */
  show(scene) {
    const streams = new Map(scene.tiles.filter(({ stream }) => stream).map(({ stream }) => [stream.id, stream]));
    for (const [id, video] of this.#videos) {
      if (!streams.has(id)) {
        video.srcObject = null;
        this.#videos.delete(id);
      }
    }
    for (const [id, stream] of streams) {
      if (!this.#videos.has(id)) this.#videos.set(id, playing(stream));
    }
    this.#scene = scene;
    this.#fresh = false;
  }

  /** Resolves when every picture has begun, or after a while: a film should not begin with empty tiles. */
  async begun(patience) {
    const waited = new Promise((resolve) => setTimeout(resolve, patience));
    const all = [...this.#videos.values()].map((video) =>
      video.readyState >= HAVE_CURRENT_DATA || new Promise((resolve) => video.addEventListener('loadeddata', resolve)));
    await Promise.race([waited, Promise.all(all)]);
  }

  /** Draws the moment. */
  draw() {
    if (!this.#fresh) {
      this.#paint.fillStyle = GROUND;
      this.#paint.fillRect(0, 0, this.#size.width, this.#size.height);
    }
    for (const tile of this.#scene.tiles) this.#tile(tile);
    this.#fresh = true;
    this.#sink.take(this.#canvas);
  }

  close() {
    this.show({ tiles: [] });
    this.#sink.close();
  }

  #tile(tile) {
    const video = tile.stream && this.#videos.get(tile.stream.id);
    const moves = video && video.videoWidth > 0;
    // What does not move is there already.
    if (!moves && this.#fresh) return;
    const paint = this.#paint;
    const { x, y, width, height } = tile;
    if (!moves || tile.whole) {
      paint.fillStyle = TILE;
      paint.fillRect(x, y, width, height);
    }
    if (moves) this.#picture(video, tile);
    else if (tile.initials) this.#avatar(tile);
    this.#name(tile);
    if (tile.speaking) {
      paint.strokeStyle = SPEAK;
      paint.lineWidth = 4;
      paint.strokeRect(x + 2, y + 2, width - 4, height - 4);
    }
  }

  /** Fills the tile and crops the picture, or shows it whole. */
  #picture(video, { x, y, width, height, whole }) {
    const { videoWidth, videoHeight } = video;
    const [across, down] = [width / videoWidth, height / videoHeight];
    if (whole) {
      const scale = Math.min(across, down);
      const [w, h] = [videoWidth * scale, videoHeight * scale];
      this.#paint.drawImage(video, x + (width - w) / 2, y + (height - h) / 2, w, h);
    } else {
      const scale = Math.max(across, down);
      const [w, h] = [width / scale, height / scale];
      this.#paint.drawImage(video, (videoWidth - w) / 2, (videoHeight - h) / 2, w, h, x, y, width, height);
    }
  }

  #avatar({ x, y, width, height, initials }) {
    const paint = this.#paint;
    const radius = Math.min(56, Math.min(width, height) * 0.2);
    paint.beginPath();
    paint.arc(x + width / 2, y + height / 2, radius, 0, 2 * Math.PI);
    paint.fillStyle = RAISED;
    paint.fill();
    paint.strokeStyle = LINE;
    paint.lineWidth = 1;
    paint.stroke();
    paint.fillStyle = TEXT;
    paint.font = `600 ${Math.round(radius * 0.72)}px ${FONT}`;
    paint.textAlign = 'center';
    paint.textBaseline = 'middle';
    paint.fillText(initials, x + width / 2, y + height / 2, radius * 2);
  }

  #name({ x, y, width, height, name, mark }) {
    const paint = this.#paint;
    // Small tiles have small letters.
    const size = Math.max(12, Math.min(20, Math.round(height / 18)));
    const space = Math.round(size * 0.6);
    const icon = mark ? size + 6 : 0;
    paint.font = `400 ${size}px ${FONT}`;
    paint.textAlign = 'left';
    paint.textBaseline = 'middle';
    const words = fitting(paint, name, width - 4 * space - icon);
    const tag = { width: paint.measureText(words).width + 2 * space + icon, height: size + space };
    const [left, top] = [x + space, y + height - space - tag.height];
    paint.fillStyle = SCRIM;
    paint.beginPath();
    paint.roundRect(left, top, tag.width, tag.height, 6);
    paint.fill();
    if (mark) this.#icon(mark, left + space, top + (tag.height - size) / 2, size);
    paint.fillStyle = TEXT;
    paint.fillText(words, left + space + icon, top + tag.height / 2 + 1);
  }

  #icon(path, x, y, size) {
    const paint = this.#paint;
    paint.save();
    paint.translate(x, y);
    paint.scale(size / ICON, size / ICON);
    paint.strokeStyle = DANGER;
    paint.lineWidth = 2.2;
    paint.lineCap = paint.lineJoin = 'round';
    paint.stroke(new Path2D(path));
    paint.restore();
  }
}

/** Hands pictures on as frames. It works in pages that nobody looks at, where a canvas is not captured. */
class Generator {
  #begun = performance.now();

  constructor() {
    this.track = new MediaStreamTrackGenerator({ kind: 'video' });
    this.writer = this.track.writable.getWriter();
  }

  take(canvas) {
    // The encoder is behind: what it cannot take is not kept for it.
    if (this.writer.desiredSize <= 0) return;
    const timestamp = Math.round((performance.now() - this.#begun) * 1000);
    const frame = new VideoFrame(canvas, { timestamp, alpha: 'discard' });
    this.writer.write(frame).catch(() => frame.close());
  }

  close() {
    this.track.stop();
  }
}

/** Has the canvas captured by the browser. */
class Capture {
  constructor(canvas, rate) {
    [this.track] = canvas.captureStream(rate).getVideoTracks();
  }

  take() {}

  close() {
    this.track.stop();
  }
}

function playing(stream) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  // It is refused only when the stream is taken away at once.
  video.play().catch(() => {});
  return video;
}

/** As much of a text as fits, by whole characters. */
function fitting(paint, text, width) {
  if (paint.measureText(text).width <= width) return text;
  const characters = [...text];
  while (characters.length && paint.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return `${characters.join('')}…`;
}
