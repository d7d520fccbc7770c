// Runs in the page before anything else, and watches what the page does through the browser's own interfaces.
// The product knows nothing of it; the floor page of the benchmarks is watched by the same code.

(() => {
  // Ten frames are not enough to leave a panic's own.
  Error.stackTraceLimit = 50;

  const watch = (window.__watch = {
    /** Every peer connection that the page made; `met` says that it heard of another side. */
    connections: [],
    /** When the person clicked last (performance.now()). */
    clicked: 0,
    /** When the first frame of another person was shown after that; 0 while none was. */
    firstFrame: 0,
    /** Remote video elements with the times at which they showed a frame, once `watchFrames` was called. */
    frames: new Map(),
  });

  const NativeConnection = window.RTCPeerConnection;
  window.RTCPeerConnection = class RTCPeerConnection extends NativeConnection {
    constructor(...configuration) {
      super(...configuration);
      watch.connections.push(this);
    }

    setRemoteDescription(description) {
      this.met = true;
      return super.setRemoteDescription(description);
    }
  };

  addEventListener('click', (event) => {
    watch.clicked = event.timeStamp;
    watch.firstFrame = 0;
  }, true);

  const own = new WeakSet();
  const devices = navigator.mediaDevices;
  if (devices) {
    const getUserMedia = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      for (const track of stream.getTracks()) own.add(track);
      watch.captured = stream.getTracks();
      return stream;
    };
    const getDisplayMedia = devices.getDisplayMedia?.bind(devices);
    devices.getDisplayMedia = async (options) => {
      const stream = await getDisplayMedia(options);
      for (const track of stream.getTracks()) own.add(track);
      watch.shared = stream;
      watch.sharedAt = performance.timeOrigin + performance.now();
      return stream;
    };
  }

  /** Whether a video shows somebody else. */
  const isRemote = (watch.isRemote = (video) => {
    const [track] = video.srcObject?.getVideoTracks?.() ?? [];
    return track !== undefined && !own.has(track);
  });

  // A page shows a stream by handing it to a video element: that is where another person's picture can be awaited.
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    configurable: true,
    enumerable: true,
    get,
    set(stream) {
      set.call(this, stream);
      if (!(this instanceof HTMLVideoElement) || !stream) return;
      this.requestVideoFrameCallback((now) => {
        if (isRemote(this)) watch.firstFrame ||= now;
      });
    },
  });

  /** Every peer connection to somebody that is not closed. One that is kept in reserve is to nobody yet. */
  watch.open = () => watch.connections.filter(({ met, connectionState }) => met && connectionState !== 'closed');

  /** How many connections are open, and how many there have ever been. */
  watch.counts = () => ({ open: watch.open().length, made: watch.connections.filter(({ met }) => met).length });

  /** Records from now on when each remote video shows a frame. */
  watch.watchFrames = () => {
    for (const video of document.querySelectorAll('video')) {
      if (!isRemote(video) || watch.frames.has(video)) continue;
      const times = [];
      watch.frames.set(video, times);
      const seen = (now) => {
        times.push(now);
        video.requestVideoFrameCallback(seen);
      };
      video.requestVideoFrameCallback(seen);
    }
  };

  /** A number that is another one when the picture is. */
  watch.fingerprint = (video) => {
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(video, 0, 0, 64, 48);
    const { data } = context.getImageData(0, 0, 64, 48);
    let sum = 0;
    let light = 0;
    for (let i = 0; i < data.length; i += 4) {
      sum = (Math.imul(sum, 31) + data[i] * 65_536 + data[i + 1] * 256 + data[i + 2]) | 0;
      light = Math.max(light, data[i], data[i + 1], data[i + 2]);
    }
    return light === 0 ? 'black' : sum;
  };

  /** What has been received for `video`, and for the `audio` beside it, from their connection's statistics. */
  watch.received = async (video) => {
    const elements = [video, video?.parentElement?.querySelector('audio')];
    const tracks = new Set(elements.flatMap((element) => element?.srcObject?.getTracks?.() ?? []));
    const connection = watch.open().find((one) => one.getReceivers().some(({ track }) => tracks.has(track)));
    const ids = new Set([...tracks].map(({ id }) => id));
    const got = { width: 0, frames: 0, energy: 0, freezes: 0, frozen: 0, concealed: 0, samples: 0 };
    if (!connection) return got;
    for (const stat of (await connection.getStats()).values()) {
      if (stat.type !== 'inbound-rtp' || !ids.has(stat.trackIdentifier)) continue;
      if (stat.kind === 'video') {
        got.frames += stat.framesDecoded ?? 0;
        got.width = stat.frameWidth ?? 0;
        got.freezes += stat.freezeCount ?? 0;
        got.frozen += stat.totalFreezesDuration ?? 0;
      } else {
        got.energy += stat.totalAudioEnergy ?? 0;
        got.concealed += (stat.concealedSamples ?? 0) - (stat.silentConcealedSamples ?? 0);
        got.samples += stat.totalSamplesReceived ?? 0;
      }
    }
    return got;
  };
})();
