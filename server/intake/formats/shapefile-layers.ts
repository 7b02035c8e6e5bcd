/**
 * Which files of an archive are one layer, and which layer is meant (THREATS T4): extensions in any case, nested
 * folders, one stem. Two of a kind are never decided by order.
 */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { ZipEntry } from '../zip-guard.ts';
import { foreignArchive } from './foreign.ts';

const parts = ['shp', 'shx', 'dbf', 'prj', 'cpg'] as const;
export type Part = (typeof parts)[number];

export interface LayerFiles {
  /** path without extension, as in the archive */
  name: string;
  files: Partial<Record<Part, ZipEntry>> & { shp: ZipEntry };
}

/** Layers asked for by `sublayer` (a name, '*' for all, undefined for the only one). Throws no-shapefile, several-shapefiles, format-unsupported, dbf-missing. */
export function chooseLayers(entries: ZipEntry[], sublayer: string | undefined, fileName: string): LayerFiles[] {
  const layers = groupLayers(entries, fileName);
  if (layers.length === 0)
    throw foreignArchive(
      entries.map((e) => e.name),
      fileName,
    );
  const chosen = pickLayers(layers, sublayer, fileName);
  for (const layer of chosen) if (!layer.files.dbf) throw dbfMissing(layer, entries);
  return chosen;
}

function groupLayers(entries: ZipEntry[], fileName: string): LayerFiles[] {
  const groups = new Map<string, { stem: string; part: Part; entry: ZipEntry }[]>();
  for (const entry of entries) {
    const [, stem, extension] = /^(.*)\.([^./]+)$/.exec(entry.name) ?? [];
    const part = parts.find((p) => p === extension?.toLowerCase());
    if (stem === undefined || !part) continue;
    const key = stem.normalize('NFC').toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), { stem, part, entry }]);
  }
  const layers: LayerFiles[] = [];
  for (const members of groups.values()) {
    if (!members.some((m) => m.part === 'shp')) continue;
    if (new Set(members.map((m) => m.part)).size === members.length) {
      layers.push(layerOf(members));
      continue;
    }
    // the same stem in different case: separate layers by their exact spelling, if that tells every file apart
    const spellings = Map.groupBy(members, (m) => m.stem);
    for (const same of spellings.values()) {
      if (new Set(same.map((m) => m.part)).size !== same.length)
        throw several(
          same.map((m) => m.entry.name),
          fileName,
          true,
        );
      if (same.some((m) => m.part === 'shp')) layers.push(layerOf(same));
    }
  }
  return layers.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function layerOf(members: { stem: string; part: Part; entry: ZipEntry }[]): LayerFiles {
  const files = Object.fromEntries(members.map((m) => [m.part, m.entry])) as LayerFiles['files'];
  return { name: files.shp.name.replace(/\.[^.]+$/, ''), files };
}

/** Of named layers those that `sublayer` asks for. Throws several-shapefiles, no-shapefile (no such name). */
export function pickLayers<L extends { name: string }>(
  layers: L[],
  sublayer: string | undefined,
  fileName: string,
): L[] {
  if (sublayer === '*') return layers;
  if (sublayer === undefined) {
    if (layers.length > 1)
      throw several(
        layers.map((l) => l.name),
        fileName,
        false,
      );
    return layers;
  }
  const wanted = sublayer.replace(/\.(shp|txt)$/i, '');
  const stem = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const lower = wanted.toLowerCase();
  const ways: ((layer: L) => boolean)[] = [
    (l) => l.name === wanted,
    (l) => stem(l.name) === wanted,
    (l) => l.name.toLowerCase() === lower,
    (l) => stem(l.name).toLowerCase() === lower,
  ];
  for (const way of ways) {
    const found = layers.filter(way);
    if (found.length > 1)
      throw several(
        found.map((l) => l.name),
        fileName,
        false,
      );
    if (found.length === 1) return found;
  }
  const file = printable(fileName);
  const candidates = layers.map((l) => printable(l.name));
  throw new AppError(
    'no-shapefile',
    {
      zh: `压缩包 ${file} 里没有名为 ${printable(sublayer)} 的图层，有：${candidates.join('、')}。请更正 sublayer。`,
      en: `The archive ${file} has no layer ${printable(sublayer)}; it has ${candidates.join(', ')}. Correct the sublayer.`,
    },
    { file, candidates },
  );
}

function several(names: string[], fileName: string, same: boolean): AppError {
  const file = printable(fileName);
  const candidates = names.map((name) => printable(name));
  const list = candidates.join('、');
  return new AppError(
    'several-shapefiles',
    same
      ? {
          zh: `压缩包 ${file} 里有重名文件：${list}。请改名或分开打包后上传。`,
          en: `The archive ${file} has files of one name: ${candidates.join(', ')}. Rename or zip them apart.`,
        }
      : {
          zh: `压缩包 ${file} 里有 ${names.length} 个图层：${list}。请用 sublayer 指定其中一个，或用 * 合并字段相同的图层。`,
          en: `The archive ${file} holds ${names.length} layers: ${candidates.join(', ')}. Name one as sublayer, or * to join layers of like fields.`,
        },
    { file, candidates },
  );
}

function dbfMissing(layer: LayerFiles, entries: ZipEntry[]): AppError {
  const file = printable(layer.files.shp.name);
  const tables = entries.filter((e) => /\.dbf$/i.test(e.name)).map((e) => printable(e.name));
  const others =
    tables.length > 0
      ? {
          zh: `压缩包里的 ${tables.join('、')} 与它不同名。`,
          en: ` ${tables.join(', ')} in the archive is of another name.`,
        }
      : { zh: '', en: '' };
  return new AppError(
    'dbf-missing',
    {
      zh: `${file} 缺少同名的 .dbf 属性表。${others.zh}请把同名的 .shp、.shx、.dbf、.prj 一起打包。`,
      en: `${file} lacks the .dbf of its name.${others.en} Zip the .shp, .shx, .dbf and .prj of one name together.`,
    },
    { file, candidates: tables.length > 0 ? tables : undefined },
  );
}
