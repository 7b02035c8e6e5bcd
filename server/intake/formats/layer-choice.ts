/** Which of several named layers is meant (THREATS T4): the only one, the one asked for, or all; never the first. */
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';

export interface Named {
  name: string;
  /** another name that people know it by: 中文别名 of a geodatabase, identifier of a GeoPackage */
  alias?: string | undefined;
}

/**
 * `sublayer`: undefined for the only one, '*' for all, else a name or alias; of `files` also without folder or extension.
 * Throws several-shapefiles, no-shapefile.
 */
export function chooseNamed<T extends Named>(
  layers: T[],
  sublayer: string | undefined,
  fileName: string,
  files = false,
): T[] {
  if (sublayer === '*' || (sublayer === undefined && layers.length < 2)) return layers;
  if (sublayer === undefined) throw severalLayers(layers, fileName);
  const lower = (text: string | undefined) => text?.normalize('NFC').toLowerCase();
  const ways: ((layer: T) => boolean)[] = [
    (l) => l.name === sublayer,
    (l) => l.alias === sublayer,
    (l) => lower(l.name) === lower(sublayer),
    (l) => lower(l.alias) === lower(sublayer),
  ];
  if (files)
    ways.push(
      (l) => bare(l.name) === bare(sublayer),
      (l) => bare(l.name.slice(l.name.lastIndexOf('/') + 1)) === bare(sublayer),
    );
  for (const way of ways) {
    const found = layers.filter(way);
    if (found.length > 1) throw severalLayers(found, fileName);
    if (found.length === 1) return found;
  }
  throw noSuchLayer(layers, sublayer, fileName);
}

const bare = (path: string) =>
  path
    .replace(/(?<=[^/])\.[A-Za-z0-9]{1,8}$/, '')
    .normalize('NFC')
    .toLowerCase();

const shown = ({ name, alias }: Named) =>
  alias && alias !== name ? `${printable(name)}（${printable(alias)}）` : printable(name);

/** names listed in a sentence; `where` has all of them */
const listed = 40;

function severalLayers(layers: Named[], fileName: string): AppError {
  const file = printable(fileName);
  const list = layers.slice(0, listed).map(shown);
  return new AppError(
    'several-shapefiles',
    {
      zh: `${file} 里有 ${layers.length} 个图层：${list.join('、')}${layers.length > listed ? '…' : ''}。请用 sublayer 指定其中一个，或用 * 合并字段相同的图层。`,
      en: `${file} holds ${layers.length} layers: ${list.join(', ')}${layers.length > listed ? ' …' : ''}. Name one as sublayer, or * to join layers of like fields.`,
    },
    { file, candidates: layers.map((l) => printable(l.name)) },
  );
}

export function noSuchLayer(layers: Named[], sublayer: string, fileName: string): AppError {
  const file = printable(fileName);
  const list = layers.slice(0, listed).map(shown);
  return new AppError(
    'no-shapefile',
    {
      zh: `${file} 里没有名为 ${printable(sublayer)} 的图层，有：${list.join('、')}。请更正 sublayer。`,
      en: `${file} has no layer ${printable(sublayer)}; it has ${list.join(', ')}. Correct the sublayer.`,
    },
    { file, candidates: layers.map((l) => printable(l.name)) },
  );
}
