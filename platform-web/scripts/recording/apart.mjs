// The room in a small window of its own, above whatever else the person does: as a document where the browser can, else as a
// video. The picture is the one that a recording would have, at a smaller size; the sound is the page's own. A document has
// buttons below the picture.

import { Compositor } from './compositor.mjs';

/** As large as a picture in a corner need be. */
const SMALL = 0.5;
/** Pictures a second. */
const SLOW = 15;

/** How high the row of buttons is, in pixels. */
const TOOLS = 64;
const ROW = `display:flex;flex:none;justify-content:center;align-items:center;gap:12px;height:${TOOLS}px`;
const BUTTON = 'display:grid;place-items:center;width:48px;height:44px;padding:0;border:1px solid #2a3557;border-radius:12px;cursor:pointer';
const LOOKS = { on: 'background:#141b30;color:#eef2ff', off: 'background:#ff6b6b;color:#2a0505', leave: 'background:#b3261e;color:#fff' };

/** The small window. Tells by events named after the buttons what is wanted, and by `close` when it is gone. */
class Apart extends EventTarget {
  #compositor;
  #ticker = new Worker('{{ticker.js}}');
  #video = document.createElement('video');
  #window = null;
  #buttons = new Map();
  #gone = false;

  constructor({ width, height }) {
    super();
    this.#compositor = new Compositor(width, height, SLOW, SMALL);
    this.#ticker.onmessage = () => this.#compositor.draw();
    Object.assign(this.#video, { muted: true, autoplay: true, playsInline: true });
    this.#video.style.cssText = 'display:block;width:100%;height:100%;object-fit:contain;background:#0b1020;flex:1;min-height:0';
  }

  /** Opens it; a click of the person must be recent. */
  async open(scene) {
    try {
      const { documentPictureInPicture } = globalThis;
      if (documentPictureInPicture) {
        this.#window = await documentPictureInPicture.requestWindow({ width: 480, height: 270 + TOOLS });
        this.#window.document.title = document.title;
        const { body, documentElement } = this.#window.document;
        documentElement.lang = document.documentElement.lang;
        body.style.cssText = 'margin:0;height:100vh;display:flex;flex-direction:column;background:#0b1020';
        body.append(this.#video);
        this.#window.addEventListener('pagehide', () => this.close());
      }
      this.show(scene);
      this.#ticker.postMessage(1000 / SLOW);
      this.#video.srcObject = new MediaStream([this.#compositor.track]);
      await this.#video.play();
      // Not before: whoever opened it listens to the buttons from now on.
      this.#window?.document.body.append(this.#row(scene.tools));
      if (!this.#window) {
        await this.#video.requestPictureInPicture();
        this.#video.addEventListener('leavepictureinpicture', () => this.close());
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  show(scene) {
    this.#compositor.show(scene);
  }

  /** What the buttons are called, and what is on. */
  equip(tools) {
    for (const { name, label, icon, on } of tools) {
      const button = this.#buttons.get(name);
      if (!button) continue;
      button.title = label;
      button.setAttribute('aria-label', label);
      if (on !== null) button.setAttribute('aria-pressed', on);
      button.style.cssText = `${BUTTON};${LOOKS[on === null ? 'leave' : on ? 'on' : 'off']}`;
      button.querySelector('path').setAttribute('d', icon);
    }
  }

  #row(tools) {
    const row = this.#window.document.createElement('div');
    row.style.cssText = ROW;
    for (const { name } of tools) {
      const button = this.#window.document.createElement('button');
      button.append(drawing());
      button.addEventListener('click', () => this.dispatchEvent(new Event(name)));
      this.#buttons.set(name, button);
      row.append(button);
    }
    this.equip(tools);
    return row;
  }

  close() {
    if (this.#gone) return;
    this.#gone = true;
    this.#ticker.terminate();
    this.#video.srcObject = null;
    this.#compositor.close();
    this.#window?.close();
    if (document.pictureInPictureElement === this.#video) document.exitPictureInPicture().catch(() => {});
    this.dispatchEvent(new Event('close'));
  }
}

/** An icon without a path. */
function drawing() {
  const [svg, path] = ['svg', 'path'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
  const look = { viewBox: '0 0 24 24', width: 22, height: 22, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'aria-hidden': true };
  for (const [name, value] of Object.entries({ ...look, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) svg.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/** Opens the small window; resolves to it. */
export async function apart(plan) {
  const window = new Apart(plan);
  await window.open(plan);
  return window;
}
