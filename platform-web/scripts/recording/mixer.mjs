// Mixes all sounds into one.

/** Several voices at once are louder than a file can hold: what is too loud is held down, the rest stays as it is. */
const LIMIT = { threshold: -6, knee: 6, ratio: 12, attack: 0.003, release: 0.25 };

/** One sound made of many. */
export class Mixer {
  #context = new AudioContext();
  #out = this.#context.createMediaStreamDestination();
  #limit = new DynamicsCompressorNode(this.#context, LIMIT);
  /** What is heard, by the id of its track. */
  #sources = new Map();

  constructor() {
    this.#limit.connect(this.#out);
    // A browser that holds sound back until the page is touched lets go of it now: somebody has clicked.
    this.#context.resume();
  }

  /** The sound as a track. */
  get track() {
    const [track] = this.#out.stream.getAudioTracks();
    return track;
  }

  /** Mixes these streams from now on. One without sound may get it later: tell it again. */
  play(streams) {
    const tracks = new Map();
    for (const stream of streams) {
      for (const track of stream.getAudioTracks()) tracks.set(track.id, track);
    }
    for (const [id, source] of this.#sources) {
      if (!tracks.has(id)) {
        source.disconnect();
        this.#sources.delete(id);
      }
    }
    for (const [id, track] of tracks) {
      if (this.#sources.has(id)) continue;
      const source = this.#context.createMediaStreamSource(new MediaStream([track]));
      source.connect(this.#limit);
      this.#sources.set(id, source);
    }
  }

  close() {
    this.play([]);
    this.#context.close();
  }
}
