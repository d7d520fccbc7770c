// What the browser can write.

const CODECS = {
  // VP9 makes the smaller file and VP8 the lesser work: a call is work enough.
  webm: ['vp8,opus', 'vp9,opus', ''],
  // Which players know best comes first.
  mp4: ['avc1.42E01F,mp4a.40.2', 'avc1.64003E,mp4a.40.2', 'avc1.64003E,opus', 'vp9,opus', ''],
};

/** The MIME type for a format, or nothing. */
export function typeOf(format) {
  const types = CODECS[format].map((codecs) => `video/${format}${codecs && `;codecs=${codecs}`}`);
  return types.find((type) => MediaRecorder.isTypeSupported(type));
}

/** The formats, best first. */
export function formats() {
  return Object.keys(CODECS).filter(typeOf);
}
