import { rasterCorrupt } from './refusals.ts';

/**
 * TIFF LZW (TIFF 6.0 section 13; codes most significant bit first, 9 to 12 bits, the width changes one code early).
 * Written here because geotiff.js 3.0.5 decodes 2.4 MB/s, gives what it has when the stream is cut, and has no bound.
 * @param most bytes after which a stream is refused as a bomb
 */
export function decodeLzw(input: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(most);
  // a code ≥ 258 stands for out[start, start + length): the string it repeats is always already written
  const start = new Uint32Array(4097);
  const length = new Uint32Array(4097);
  let [next, width, at, bits, held] = [258, 9, 0, 0, 0];
  let previous = -1; // start of the string before, -1 right after a clear
  let previousLength = 0;
  let written = 0;
  for (;;) {
    while (bits < width) {
      // a stream without its end code counts as whole only if every byte came, which the caller checks
      if (at >= input.length) return out.subarray(0, written);
      held = ((held << 8) | input[at++]!) & 0xffffff;
      bits += 8;
    }
    const code = (held >>> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === 257) return out.subarray(0, written);
    if (code === 256) {
      [next, width, previous] = [258, 9, -1];
      continue;
    }
    const from = written;
    if (code < 256) {
      if (written >= most) throw tooLong();
      out[written++] = code;
    } else {
      if (previous < 0 || code > next || code === 4096)
        throw rasterCorrupt('LZW 数据无效', 'an LZW stream is not valid');
      // code === next: the string just before plus its own first byte
      const [source, count] = code === next ? [previous, previousLength + 1] : [start[code]!, length[code]!];
      if (written + count > most) throw tooLong();
      for (let i = 0; i < count; i++) out[written + i] = out[source + i]!;
      written += count;
    }
    if (previous >= 0 && next < 4096) {
      // previous string and the first byte after it lie together in the output
      start[next] = previous;
      length[next] = previousLength + 1;
      next++;
      if (next === 511 || next === 1023 || next === 2047) width++;
    }
    previous = from;
    previousLength = written - from;
  }
}

function tooLong() {
  return rasterCorrupt('数据块解压后超过应有大小', 'a block inflates to more than its size');
}
