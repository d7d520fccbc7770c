// Records into a file on this device: everybody in one picture with one sound, or a screen with the person's voice.
//
// The page's program (platform-web/src/recorder.rs) calls what is at the end of this file. Nothing of a recording is held in
// memory: a slice goes to the disk as soon as it is encoded.

import { apart } from './apart.mjs';
import { Compositor } from './compositor.mjs';
import { formats, typeOf } from './formats.mjs';
import { kept, remove } from './kept.mjs';
import { Mixer } from './mixer.mjs';

/** Pictures a second. */
const RATE = 24;
const BITS = { videoBitsPerSecond: 2_500_000, audioBitsPerSecond: 128_000, videoKeyFrameIntervalDuration: 2_000 };
/** How often the file is written, in milliseconds: what a killed tab loses at most. */
const SLICE = 1_000;
/** The space that must be left on the disk: some two minutes, so that there is time to end well. */
const LEAST = 50_000_000;
/** How long to wait for the pictures to begin, in milliseconds. */
const PATIENCE = 500;
/** How often it is told how things stand, in milliseconds. */
const TOLD = 500;

/** One recording, from its start to its end. Tells how it stands by `change` events. */
class Recorder extends EventTarget {
  phase = 'starting';
  bytes = 0;
  free = null;
  /** Why it ended by itself: the name of an exception, or nothing. */
  problem = '';

  #plan;
  #scene;
  #stream;
  #recorder;
  #compositor;
  #mixer;
  #display;
  #writer = new Worker('{{writer.js}}');
  #ticker = new Worker('{{ticker.js}}');
  #teller;
  #lasted = 0;
  #since = null;
  #over;
  /** Fulfilled when the file is complete. */
  over = new Promise((resolve) => (this.#over = resolve));

  constructor(plan) {
    super();
    this.#plan = plan;
  }

  /** For how long it has recorded, in milliseconds. */
  get elapsed() {
    return this.#lasted + (this.#since === null ? 0 : performance.now() - this.#since);
  }

  /** Resolves when it runs, and fails with what is in its way. */
  async start() {
    try {
      if (this.#plan.what === 'screen') this.#display = await pick();
      this.free = await free();
      if (this.free !== null && this.free < LEAST) throw new DOMException('no space is left', 'QuotaExceededError');
      await this.#open();
      this.#mixer = new Mixer();
      await this.#run();
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Shows and plays other things from now on. */
  show(scene) {
    this.#scene = scene;
    this.#compositor?.show(scene);
    this.#hear();
  }

  pause() {
    if (this.#recorder?.state !== 'recording') return;
    this.#recorder.pause();
    this.#count(false);
    this.#change('paused');
  }

  resume() {
    if (this.#recorder?.state !== 'paused') return;
    this.#recorder.resume();
    this.#count(true);
    this.#change('running');
  }

  /** Ends it; `over` tells when the file is complete. */
  stop(problem = '') {
    if (this.phase === 'ending' || this.phase === 'over') return;
    this.problem = problem;
    this.#count(false);
    this.#change('ending');
    // A browser that has ended it by itself says so no second time.
    if (this.#recorder.state === 'inactive') this.#close();
    else this.#recorder.stop();
  }

  async #open() {
    const opened = new Promise((resolve, reject) => {
      this.#writer.onmessage = ({ data }) => (data.opened ? resolve() : reject(new DOMException('', data.failed)));
      this.#writer.onerror = () => reject(new DOMException('', 'NetworkError'));
    });
    this.#writer.postMessage({ task: 'open', name: this.#plan.name });
    await opened;
    this.#writer.onmessage = ({ data }) => this.#written(data);
  }

  async #run() {
    const { width, height } = this.#plan;
    if (!this.#display) this.#compositor = new Compositor(width, height, RATE);
    this.show(this.#plan);
    await this.#compositor?.begun(PATIENCE);
    const [picture] = this.#display?.getVideoTracks() ?? [this.#compositor.track];
    picture.addEventListener('ended', () => this.stop());
    this.#stream = new MediaStream([picture, this.#mixer.track]);
    this.#recorder = new MediaRecorder(this.#stream, { mimeType: typeOf(this.#plan.format), ...BITS });
    this.#recorder.ondataavailable = ({ data }) => this.#slice(data);
    this.#recorder.onerror = ({ error }) => this.stop(error?.name ?? 'UnknownError');
    this.#recorder.onstop = () => this.#close();
    this.#ticker.onmessage = () => this.#compositor?.draw();
    this.#recorder.start(SLICE);
    this.#count(true);
    this.#change('running');
  }

  /** Counts the time, and draws, or does neither. */
  #count(on) {
    this.#lasted = this.elapsed;
    this.#since = on ? performance.now() : null;
    this.#ticker.postMessage(on && this.#compositor ? 1000 / RATE : 0);
    clearInterval(this.#teller);
    if (on) this.#teller = setInterval(() => this.#tell(), TOLD);
  }

  #tell() {
    // A stream may have got its sound since.
    this.#hear();
    this.dispatchEvent(new Event('change'));
  }

  #hear() {
    const { sounds, voice } = this.#scene;
    this.#mixer.play([...(this.#display ? [this.#display] : sounds), ...(voice ? [voice] : [])]);
  }

  #slice(slice) {
    if (slice.size > 0) this.#writer.postMessage({ task: 'write', slice, milliseconds: this.elapsed });
  }

  async #written({ written, failed, closed }) {
    if (closed) return this.#end();
    if (failed) {
      // What has been written so far is kept.
      if (this.phase === 'ending') this.problem = failed;
      return this.stop(failed);
    }
    this.bytes = written;
    this.free = await free();
    if (this.free !== null && this.free < LEAST) this.stop('QuotaExceededError');
  }

  /** After the last slice. */
  #close() {
    this.stop();
    this.#writer.postMessage({ task: 'close', milliseconds: this.elapsed });
  }

  #end() {
    this.#release();
    this.#over();
    this.#change('over');
  }

  #change(phase) {
    this.phase = phase;
    this.dispatchEvent(new Event('change'));
  }

  #release() {
    clearInterval(this.#teller);
    this.#compositor?.close();
    this.#mixer?.close();
    this.#display?.getTracks().forEach((track) => track.stop());
    this.#writer.terminate();
    this.#ticker.terminate();
  }
}

/** Asks the person what to record. */
function pick() {
  return navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { max: 30 } },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false, suppressLocalAudioPlayback: false },
    selfBrowserSurface: 'include',
    systemAudio: 'include',
  });
}

/** How much more may be kept on this device, in bytes; `null` where the browser does not say. */
async function free() {
  const { quota, usage } = (await navigator.storage.estimate?.()) ?? {};
  return quota === undefined ? null : Math.max(0, quota - usage);
}

let current = null;

globalThis.tsukiyoRecorder = {
  apart,
  formats,
  free,
  remove,

  /** What is on this device, once the recording that is just ending is complete. */
  async kept() {
    if (current?.phase === 'ending') await current.over;
    return kept();
  },

  /** Begins; resolves to the recording, or fails with what is in its way. */
  async start(plan) {
    const recording = new Recorder(plan);
    await recording.start();
    current = recording;
    return recording;
  },
};
