// The room in a small window of its own, above whatever else the person does: as a document where the browser can, else as a
// video. The picture is the one that a recording would have, at a smaller size; the sound is the page's own.

import { Compositor } from './compositor.mjs';

/** As large as a picture in a corner need be. */
const SMALL = 0.5;
/** Pictures a second. */
const SLOW = 15;

/** The small window. Tells by a `close` event when it is gone. */
class Apart extends EventTarget {
  #compositor;
  #ticker = new Worker('{{ticker.js}}');
  #video = document.createElement('video');
  #window = null;
  #gone = false;

  constructor({ width, height }) {
    super();
    this.#compositor = new Compositor(width, height, SLOW, SMALL);
    this.#ticker.onmessage = () => this.#compositor.draw();
    Object.assign(this.#video, { muted: true, autoplay: true, playsInline: true });
    this.#video.style.cssText = 'display:block;width:100%;height:100%;object-fit:contain;background:#0b1020';
  }

  /** Opens it; a click of the person must be recent. */
  async open(scene) {
    try {
      const { documentPictureInPicture } = globalThis;
      if (documentPictureInPicture) {
        this.#window = await documentPictureInPicture.requestWindow({ width: 480, height: 270 });
        this.#window.document.title = document.title;
        this.#window.document.body.style.cssText = 'margin:0;height:100vh;background:#0b1020';
        this.#window.document.body.append(this.#video);
        this.#window.addEventListener('pagehide', () => this.close());
      }
      this.show(scene);
      this.#ticker.postMessage(1000 / SLOW);
      this.#video.srcObject = new MediaStream([this.#compositor.track]);
      await this.#video.play();
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

/** Opens the small window; resolves to it. */
export async function apart(plan) {
  const window = new Apart(plan);
  await window.open(plan);
  return window;
}
