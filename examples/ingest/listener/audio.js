'use strict';
// What a frame sounds like: 16-bit little-endian samples, or µ-law as telephone networks have it.

/** One byte of µ-law as a sample (ITU-T G.711). */
function fromMulaw(byte) {
  const inverted = ~byte & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4);
  return inverted & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
}

exports.bytesPerSecond = (encoding, sampleRate) => sampleRate * (encoding === 'mulaw' ? 1 : 2);

/** Decibels below the loudest that can be: 0 is that, -96 is silence. */
exports.loudness = (encoding, audio) => {
  const samples = encoding === 'mulaw' ? audio.length : audio.length >> 1;
  let sum = 0;
  for (let i = 0; i < samples; i++) {
    const sample = encoding === 'mulaw' ? fromMulaw(audio[i]) : audio.readInt16LE(2 * i);
    sum += sample * sample;
  }
  return Math.max(-96, 10 * Math.log10(sum / Math.max(1, samples) / 32768 ** 2));
};
