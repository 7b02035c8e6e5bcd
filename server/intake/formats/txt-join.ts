/**
 * Files of one upload that differ only in whether the zone stands before the easting (some offices take it off, 去大数):
 * it is put before all of them, which moves no point. Anything else that differs is refused where layers are placed.
 */
import { isPlane, nameOf, type PlaneSystem } from '../../domain/crs.ts';
import type { Warning } from '../source-types.ts';
import type { SurveyedLayer } from './format.ts';

/** Metres to add to the eastings of each layer; changes what those layers say and reach. */
export function supplyPrefixes(layers: SurveyedLayer[], warnings: Warning[]): number[] {
  const planes = layers.map(({ said }) => (said.kind === 'system' && isPlane(said.system) ? said.system : undefined));
  const full = planes.find((plane) => plane?.prefixed);
  const without = layers.filter((_, i) => full && lacksPrefixOf(planes[i], full));
  const [first] = without;
  if (!full || !first) return layers.map(() => 0);
  warnings.push({
    code: 'zone-prefix-supplied',
    message: {
      zh: `${without.length} 个文件的横坐标不带带号（如 ${first.file}），其他文件带有带号 ${full.zone}：已统一加上带号，点位不变。`,
      en: `${without.length} file(s) have no zone before the eastings (such as ${first.file}), others have zone ${full.zone}: it was put before all of them, which moves no point.`,
    },
    where: { file: first.file, candidates: without.slice(0, 50).map(({ file }) => file) },
  });
  const name = nameOf(full);
  return layers.map((layer, i) => {
    if (!lacksPrefixOf(planes[i], full)) return 0;
    const metres = full.zone * 1e6;
    for (const vertex of new Set(layer.extremes ?? [])) vertex.x += metres;
    layer.said = {
      kind: 'system',
      system: full,
      epsg: full.epsg,
      name: '',
      from: 'txt',
      reason: { zh: `加上带号后为${name.zh}。`, en: `${name.en}, the zone put before the eastings.` },
    };
    return metres;
  });
}

function lacksPrefixOf(plane: PlaneSystem | undefined, full: PlaneSystem): boolean {
  return plane !== undefined && !plane.prefixed && plane.kind === full.kind && plane.zone === full.zone;
}
