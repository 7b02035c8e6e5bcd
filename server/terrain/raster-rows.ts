import { assertReadable, type Cells, decodeBlock } from './block-codec.ts';
import type { ByteSource } from './byte-source.ts';
import type { BlockLayout } from './geotiff-header.ts';
import type { Meaning } from './raster-meaning.ts';

export interface RowReading {
  source: ByteSource;
  layout: BlockLayout;
  meaning: Meaning;
  /** the first row of the file is the southernmost */
  southUp: boolean;
  /** called after each block with the share of the image read, 0..1 */
  beat: (share: number) => void;
}

/**
 * The rows of the image from north to south, one at a time: true values (scale and offset applied), NaN where there is
 * none. At most one row of blocks is held. The array given is the same each time: copy what must last.
 * A block that was never written (sparse file) is missing evidence, whatever NoData says: NaN.
 */
export async function* rasterRows(reading: RowReading): AsyncGenerator<Float64Array> {
  const { layout, southUp } = reading;
  assertReadable(layout);
  const row = new Float64Array(layout.width);
  for (let i = 0; i < layout.down; i++) {
    const blockRow = southUp ? layout.down - 1 - i : i;
    const rows = Math.min(layout.blockHeight, layout.height - blockRow * layout.blockHeight);
    const blocks = await readBlockRow(reading, blockRow, rows, i);
    for (let r = 0; r < rows; r++) {
      fillRow(row, blocks, southUp ? rows - 1 - r : r, reading);
      yield row;
    }
  }
}

async function readBlockRow(
  { source, layout, beat }: RowReading,
  blockRow: number,
  rows: number,
  done: number,
): Promise<(Cells | null)[]> {
  const blocks: (Cells | null)[] = [];
  for (let x = 0; x < layout.across; x++) {
    const index = blockRow * layout.across + x;
    const length = layout.byteCounts[index]!;
    const bytes = length > 0 ? await source.read(layout.offsets[index]!, length) : null;
    blocks.push(bytes && decodeBlock(bytes, layout, rows));
    beat((done * layout.across + x + 1) / (layout.across * layout.down));
  }
  return blocks;
}

function fillRow(row: Float64Array, blocks: (Cells | null)[], r: number, { layout, meaning }: RowReading): void {
  const { blockWidth, width, sampleFormat, bits } = layout;
  const { scale, offset } = meaning;
  // the mark is written in decimal: compare it as the cells hold it
  const noData =
    meaning.noData !== undefined && sampleFormat === 3 && bits === 32 ? Math.fround(meaning.noData) : meaning.noData;
  for (let x = 0; x < blocks.length; x++) {
    const block = blocks[x];
    const from = x * blockWidth;
    const to = Math.min(from + blockWidth, width);
    if (!block) {
      row.fill(Number.NaN, from, to);
      continue;
    }
    const shift = r * blockWidth - from;
    for (let c = from; c < to; c++) {
      const value = block[shift + c]!;
      // ±3.4e38 is the fill of ArcGIS, which often declares it with other last digits; no slope or height is near it
      row[c] = value === noData || !(value > -1e38 && value < 1e38) ? Number.NaN : value * scale + offset;
    }
  }
}
