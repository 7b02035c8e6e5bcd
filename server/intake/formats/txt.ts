/**
 * 界址点 TXT, the text of boundary points that offices exchange (DOMAIN §4.1; not a published standard, so every program
 * writes its own): one file, or all of an archive joined. Bytes are made lines in txt-lines.ts, lines plots in
 * txt-parse.ts; here they are surveyed, their axes and system decided, and given as rows.
 */
import type { EncodingDecision, SpoolRow, Warning } from '../source-types.ts';
import { WarningTally } from '../warnings.ts';
import type { Progress, ReadJob, Survey, SurveyedLayer, VectorFormat } from './format.ts';
import { AxisTally } from './txt-axes.ts';
import { TxtColumns } from './txt-fields.ts';
import { holdsTexts, isBoundaryText, type TextEntry, textsOf } from './txt-files.ts';
import { headerWarnings, statementOf } from './txt-header.ts';
import { supplyPrefixes } from './txt-join.ts';
import { openText, type TextFile } from './txt-lines.ts';
import { TxtParser, type TxtPlot } from './txt-parse.ts';
import { pointCount } from './txt-plot-line.ts';
import { badFile, badLine } from './txt-problems.ts';
import { shapeOfRings } from './txt-rings.ts';

export const txt: VectorFormat = {
  id: 'txt',
  sniff: isBoundaryText,
  inArchive: holdsTexts,
  survey,
};

interface Opened {
  entry: TextEntry;
  text: TextFile;
  northFirst: boolean;
  /** metres put before the eastings */
  shift: number;
}

async function survey(job: ReadJob, progress: Progress, archive = false): Promise<Survey> {
  const { texts, warnings: early } = await textsOf(job, archive, (share) => progress(share * 0.2));
  const warnings = new WarningTally();
  const columns = new TxtColumns(job.limits.fields, texts.length > 1, warnings);
  const opened: Opened[] = [];
  const layers: SurveyedLayer[] = [];
  let features = 0;
  try {
    for (const [i, entry] of texts.entries()) {
      const part = (share: number) => progress(0.2 + (0.8 * (i + share)) / texts.length);
      const text = openText(job, entry.path, entry.file, entry.scratch, (share) => part(share * 0.4));
      const file: Opened = { entry, text, northFirst: true, shift: 0 };
      opened.push(file);
      const found = surveyText(file, job, features, columns, warnings, (share) => part(0.4 + share * 0.6));
      layers.push(found.layer);
      early.push(...found.warnings);
      features += found.layer.featureCount;
    }
    for (const [i, shift] of supplyPrefixes(layers, early).entries()) opened[i]!.shift = shift;
    const fields = columns.fields();
    return {
      layers,
      ...encodingOf(opened, early),
      fields,
      *rows(report) {
        for (const [i, file] of opened.entries()) {
          // what parsing warns of was said in the first pass
          const parser = new TxtParser(file.entry.file, job.limits.verticesPerFeature, new WarningTally());
          const lines = file.text.lines((share) => report((i + share) / opened.length));
          for (const plot of parser.plots(lines)) yield rowOf(plot, file, columns);
        }
      },
      warnings: () => [...early, ...warnings.list()],
      close: () => closeAll(opened),
    };
  } catch (error) {
    closeAll(opened);
    throw error;
  }
}

function rowOf(plot: TxtPlot, { entry, northFirst, shift }: Opened, columns: TxtColumns): SpoolRow {
  return {
    row: plot.line,
    source_file: entry.file,
    attributes: columns.row(plot, entry.file),
    ...shapeOfRings(plot.points.rings, northFirst, shift),
  };
}

function closeAll(opened: Opened[]): void {
  for (const { text } of opened) text.close();
}

/** First pass over one text: counts, extremes, axes, columns, and what the header says of all that. */
function surveyText(
  file: Opened,
  job: ReadJob,
  before: number,
  columns: TxtColumns,
  warnings: WarningTally,
  progress: Progress,
): { layer: SurveyedLayer; warnings: Warning[] } {
  const { file: shown, name } = file.entry;
  const parser = new TxtParser(shown, job.limits.verticesPerFeature, warnings);
  const axes = new AxisTally(shown);
  let plots = 0;
  let points = 0;
  for (const plot of parser.plots(file.text.lines(progress))) {
    if (before + ++plots > job.limits.features)
      throw badFile(
        shown,
        `超过 ${job.limits.features} 个地块，请按乡镇或项目拆分后分批上传`,
        `has more than ${job.limits.features} plots; split it by township or project`,
        'too-many-features',
      );
    checkPoints(plot, shown, warnings);
    columns.survey(plot, shown);
    for (const ring of plot.points.rings) axes.add(ring);
    points += plot.points.count;
  }
  if (plots === 0)
    throw badLine(
      { file: shown, row: Math.max(1, parser.lines) },
      '到文件末尾也没有一个地块（以 @ 结尾的地块行及其界址点），文件可能不完整，请重新导出',
      'the file ends without a plot (a line ending in @, and its points); it may be cut short: export it again',
    );
  const decided = axes.decide();
  file.northFirst = decided.northFirst;
  return {
    layer: {
      name,
      file: shown,
      featureCount: plots,
      said: statementOf(parser.header, decided, shown),
      extremes: decided.extremes,
    },
    warnings: [...decided.warnings, ...headerWarnings(parser.header, points, parser.decimals, shown)],
  };
}

/**
 * 界址点数 counts closing points in some files and not in others, so it is a range. A last plot short of points whose ring
 * is open is a file cut short, and refused: its shape would be wrong. Anything else is told.
 */
function checkPoints({ line, values, points, last }: TxtPlot, file: string, warnings: WarningTally): void {
  const place = { file, row: line };
  const open = points.rings.reduce((sum, ring) => sum + ring.a.length, 0);
  const stated = Number.parseInt(values.get(pointCount)?.normalize('NFKC') ?? '', 10);
  if (
    last &&
    (stated > open + points.rings.length || (open === 0 && stated !== 0)) &&
    points.rings.at(-1)?.closed !== true
  )
    throw badLine(
      place,
      `最后一个地块应有 ${Number.isNaN(stated) ? '' : `${stated} 个`}界址点，只读到 ${points.count} 个且没有闭合，文件可能不完整。请重新导出或传输`,
      `the last plot has ${points.count} points${Number.isNaN(stated) ? '' : ` of ${stated}`} and is not closed; the file may be cut short: export or transfer it again`,
    );
  const ending = points.rings.at(-1);
  if (last && ending?.cutClosing)
    throw badLine(
      { file, row: ending.badClosing! },
      '最后一行的坐标写到一半就结束了，其后的地块可能已丢失。请重新导出或传输',
      'the last line ends in the middle of a coordinate, and plots behind it may be lost: export or transfer the file again',
    );
  if (stated < open || stated > open + points.rings.length)
    warnings.add('txt-point-count', file, place, (n) => ({
      zh: `${file} 有 ${n} 个地块写明的界址点数与实际点数不符（首个在第 ${line} 行，写 ${stated}，实有 ${open}），已按实际点读取，请核对是否缺点。`,
      en: `${n} plot(s) of ${file} state another number of points than they have (first: line ${line}, stated ${stated}, ${open} found); the points were read as they stand: make sure that none is missing.`,
    }));
  for (const ring of points.rings) {
    if (ring.badClosing !== undefined) {
      const row = ring.badClosing;
      warnings.add('txt-closing-point', file, { file, row }, (n) => ({
        zh: `${file} 有 ${n} 个闭合点的坐标与起点不同（首个在第 ${row} 行），已按起点闭合。`,
        en: `${n} closing point(s) of ${file} differ from the first point of their ring (first: line ${row}); the ring was closed at its first point.`,
      }));
    } else if (!ring.closed && ring.a.length > 2) {
      const row = ring.lines.at(-1)!;
      warnings.add('ring-closed', file, { file, row }, (n) => ({
        zh: `${file} 有 ${n} 个边界环没有重复起点（首个止于第 ${row} 行），已自动闭合。`,
        en: `${n} ring(s) of ${file} do not repeat their first point (the first ends in line ${row}); they were closed.`,
      }));
    }
  }
}

/** One encoding for the report; where files differ it is said. Pure ASCII goes with any. */
function encodingOf(opened: Opened[], warnings: Warning[]): { encoding: EncodingDecision } {
  const some = opened.filter(({ text }) => text.matters);
  const written = some.length > 0 ? some : opened.slice(0, 1);
  const labels = [...new Set(written.map(({ text }) => text.encoding.encoding))];
  if (labels.length > 1) {
    const list = labels.map((label) => {
      const files = written.filter(({ text }) => text.encoding.encoding === label);
      return { label, file: files[0]!.entry.file, count: files.length };
    });
    warnings.push({
      code: 'encodings-differ',
      message: {
        zh: `各文件编码不同，已分别读取：${list.map((l) => `${l.label} ${l.count} 个（如 ${l.file}）`).join('、')}。`,
        en: `The files are in different encodings, each was read in its own: ${list.map((l) => `${l.count} in ${l.label} (such as ${l.file})`).join(', ')}.`,
      },
    });
  }
  return { encoding: { ...written[0]!.text.encoding, encoding: labels.join('+') } };
}
