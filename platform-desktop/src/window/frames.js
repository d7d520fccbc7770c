// Draws what comes in on the canvases whose `data-frames` names a socket: frames of VP8, decoded by WebCodecs, or, where that
// is missing, whole pictures. Every frame that was drawn is acknowledged, so that no more come than can be drawn.
(() => {
  'use strict';

  const screens = new Map();

  // WebKit asks GStreamer, which may lack the plug-in.
  const canDecode = (async () => {
    if (!('VideoDecoder' in window)) return false;
    return (await VideoDecoder.isConfigSupported({ codec: 'vp8' })).supported;
  })().catch(() => false);

  class Screen {
    constructor(canvas) {
      this.canvas = canvas;
      this.context = canvas.getContext('2d', { alpha: false, desynchronized: true });
      canvas.framesDrawn = 0;
      this.seen = true;
      canDecode.then((can) => canvas.isConnected && this.open(!can));
    }

    open(raw) {
      this.socket = new WebSocket(this.canvas.dataset.frames + (raw ? '?raw' : ''));
      this.socket.binaryType = 'arraybuffer';
      this.socket.onmessage = ({ data }) => (raw ? this.paint(data) : this.decode(data));
      this.socket.onopen = () => this.watch();
    }

    // A frame begins with 1 where it is a key frame, else 0.
    decode(data) {
      const key = new Uint8Array(data, 0, 1)[0] === 1;
      if (this.decoder?.state !== 'configured') {
        if (!key) return this.ask('key');
        this.decoder = new VideoDecoder({ output: (frame) => this.draw(frame), error: () => this.ask('key') });
        this.decoder.configure({ codec: 'vp8', optimizeForLatency: true });
      }
      const type = key ? 'key' : 'delta';
      // Frames are drawn when they come; no clock is needed for that.
      const timestamp = Math.round(performance.now() * 1000);
      try {
        this.decoder.decode(new EncodedVideoChunk({ type, timestamp, data: new Uint8Array(data, 1) }));
      } catch {
        this.ask('key');
      }
    }

    draw(frame) {
      this.fit(frame.displayWidth, frame.displayHeight);
      this.context.drawImage(frame, 0, 0, this.canvas.width, this.canvas.height);
      frame.close();
      this.drawn();
    }

    // A picture begins with its width and its height.
    paint(data) {
      const [width, height] = new Uint32Array(data, 0, 2);
      if (this.canvas.width !== width) this.canvas.width = width;
      if (this.canvas.height !== height) this.canvas.height = height;
      this.context.putImageData(new ImageData(new Uint8ClampedArray(data, 8), width, height), 0, 0);
      this.drawn();
    }

    drawn() {
      this.canvas.framesDrawn += 1;
      this.ask('drawn');
    }

    // No larger than it is shown: what is drawn has to be carried to the screen.
    fit(width, height) {
      const { clientWidth, clientHeight } = this.canvas;
      const wanted = Math.max(clientWidth / width, clientHeight / height) * devicePixelRatio || 1;
      const scale = Math.min(1, wanted);
      const [wide, high] = [Math.ceil(width * scale), Math.ceil(height * scale)];
      if (this.canvas.width !== wide) this.canvas.width = wide;
      if (this.canvas.height !== high) this.canvas.height = high;
    }

    // What nobody can see is not sent.
    watch() {
      this.observer = new IntersectionObserver((entries) => {
        const seen = entries.at(-1).isIntersecting && !document.hidden;
        if (seen !== this.seen) this.ask((this.seen = seen) ? 'show' : 'hide');
      });
      this.observer.observe(this.canvas);
    }

    ask(what) {
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(what);
    }

    close() {
      this.observer?.disconnect();
      this.socket?.close();
      if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    }
  }

  const look = () => {
    for (const [canvas, screen] of screens) {
      if (canvas.isConnected) continue;
      screen.close();
      screens.delete(canvas);
    }
    for (const canvas of document.querySelectorAll('canvas[data-frames]')) {
      if (!screens.has(canvas)) screens.set(canvas, new Screen(canvas));
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributeFilter: ['data-frames'] });
})();
