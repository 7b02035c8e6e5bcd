/** What is odd about the points of a plot, of a 界址点 TXT or a table: how many there should be, and how its rings close. */
import type { WarningTally } from '../warnings.ts';
import { badLine } from './txt-problems.ts';
import type { RingBuilder } from './txt-rings.ts';

export interface CheckedPlot {
  /** line or row that a person would look at */
  line: number;
  /** 界址点数 as written, '' where it is not */
  stated: string;
  points: RingBuilder;
  /** the file ends with it */
  last: boolean;
}

/**
 * 界址点数 counts closing points in some files and not in others, so it is a range. A last plot short of points whose ring
 * is open is a file cut short, and refused: its shape would be wrong. Anything else is told.
 */
export function checkPoints(
  { line, stated: written, points, last }: CheckedPlot,
  file: string,
  warnings: WarningTally,
  kind: 'txt' | 'table',
): void {
  const place = { file, row: line };
  const open = points.rings.reduce((sum, ring) => sum + ring.a.length, 0);
  const stated = Number.parseInt(written.normalize('NFKC'), 10);
  if (
    last &&
    (stated > open + points.rings.length || (open === 0 && stated !== 0)) &&
    points.rings.at(-1)?.closed !== true
  )
    throw badLine(
      place,
      `最后一个地块应有 ${Number.isNaN(stated) ? '' : `${stated} 个`}界址点，只读到 ${points.count} 个且没有闭合，文件可能不完整。请重新导出或传输`,
      `the last plot has ${points.count} points${Number.isNaN(stated) ? '' : ` of ${stated}`} and is not closed; the file may be cut short: export or transfer it again`,
      `${kind}-invalid`,
    );
  const ending = points.rings.at(-1);
  if (last && ending?.cutClosing)
    throw badLine(
      { file, row: ending.badClosing! },
      '最后一行的坐标写到一半就结束了，其后的地块可能已丢失。请重新导出或传输',
      'the last line ends in the middle of a coordinate, and plots behind it may be lost: export or transfer the file again',
      `${kind}-invalid`,
    );
  if (stated < open || stated > open + points.rings.length)
    warnings.add(`${kind}-point-count`, file, place, (n) => ({
      zh: `${file} 有 ${n} 个地块写明的界址点数与实际点数不符（首个在第 ${line} 行，写 ${stated}，实有 ${open}），已按实际点读取，请核对是否缺点。`,
      en: `${n} plot(s) of ${file} state another number of points than they have (first: line ${line}, stated ${stated}, ${open} found); the points were read as they stand: make sure that none is missing.`,
    }));
  for (const ring of points.rings) {
    if (ring.badClosing !== undefined) {
      const row = ring.badClosing;
      warnings.add(`${kind}-closing-point`, file, { file, row }, (n) => ({
        zh: `${file} 有 ${n} 个闭合点的坐标与起点不同（首个在第 ${row} 行），已按起点闭合。`,
        en: `${n} closing point(s) of ${file} differ from the first point of their ring (first: line ${row}); the ring was closed at its first point.`,
      }));
      // out and back again is no ring at all, and has its own fault
    } else if (!ring.closed && ring.a.length > 2 && !(ring.a[0] === ring.a.at(-1) && ring.b[0] === ring.b.at(-1))) {
      const row = ring.lines.at(-1)!;
      warnings.add('ring-closed', file, { file, row }, (n) => ({
        zh: `${file} 有 ${n} 个边界环没有重复起点（首个止于第 ${row} 行），已自动闭合。`,
        en: `${n} ring(s) of ${file} do not repeat their first point (the first ends in line ${row}); they were closed.`,
      }));
    }
  }
}
