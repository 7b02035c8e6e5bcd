/**
 * From one style to the next in the fewest steps. The library's own diff would compare, and then empty, the shapes that
 * were given to the sources; this one looks at the names of sources, where their tiles are, and layers. Pure.
 */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';

export type StyleChange =
  | { do: 'add-source'; id: string; source: StyleSpecification['sources'][string] }
  | { do: 'remove-source'; id: string }
  /** the same things from elsewhere: what is drawn stays until the new is there */
  | { do: 'tiles'; id: string; tiles: string[] }
  | { do: 'add-layer'; layer: LayerSpecification; before: string | undefined }
  | { do: 'remove-layer'; id: string }
  | { do: 'filter'; id: string; filter: unknown }
  /** value undefined: as the library has it */
  | { do: 'paint'; id: string; name: string; value: unknown };

/** Apart from filter and paint, which can be changed where the layer stands. */
function sameBut(a: LayerSpecification, b: LayerSpecification): boolean {
  const text = (layer: LayerSpecification) => JSON.stringify({ ...layer, filter: null, paint: null });
  return text(a) === text(b);
}

function paintChanges(from: LayerSpecification, to: LayerSpecification): StyleChange[] {
  const paintOf = (layer: LayerSpecification) => (layer.paint ?? {}) as Record<string, unknown>;
  const [before, after] = [paintOf(from), paintOf(to)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ do: 'paint', id: to.id, name, value: after[name] }));
}

const filterOf = (layer: LayerSpecification): unknown => ('filter' in layer ? layer.filter : undefined);

/** Layers that both styles have are taken to stand in the same order in both, as `mapStyle` draws them. */
export function styleChanges(from: StyleSpecification, to: StyleSpecification): StyleChange[] {
  const changes: StyleChange[] = [];
  const before = new Map(from.layers.map((layer) => [layer.id, layer]));
  const after = new Map(to.layers.map((layer) => [layer.id, layer]));
  const replaced = new Set<string>();
  for (const layer of from.layers) {
    const next = after.get(layer.id);
    if (!next || !sameBut(layer, next)) {
      changes.push({ do: 'remove-layer', id: layer.id });
      replaced.add(layer.id);
      continue;
    }
    if (JSON.stringify(filterOf(layer)) !== JSON.stringify(filterOf(next)))
      changes.push({ do: 'filter', id: layer.id, filter: filterOf(next) });
    changes.push(...paintChanges(layer, next));
  }
  for (const id of Object.keys(from.sources)) if (!to.sources[id]) changes.push({ do: 'remove-source', id });
  for (const [id, source] of Object.entries(to.sources)) {
    const held = from.sources[id];
    if (!held) changes.push({ do: 'add-source', id, source });
    else if (
      held.type === 'vector' &&
      source.type === 'vector' &&
      source.tiles &&
      String(held.tiles) !== String(source.tiles)
    )
      changes.push({ do: 'tiles', id, tiles: source.tiles });
  }
  // from the top down, so that the layer to stand below is always there already
  let above: string | undefined;
  for (const layer of to.layers.toReversed()) {
    if (!before.has(layer.id) || replaced.has(layer.id)) changes.push({ do: 'add-layer', layer, before: above });
    above = layer.id;
  }
  return changes;
}
