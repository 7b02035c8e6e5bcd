/** How findings name layers and sets: by their place in the run, since ids change with every version (verification/names.ts). */

/** Place of each layer among those of its type and year, in the order given, as `land-use@2023#0`; by its id. */
export function layerPlaces(
  layers: readonly { layer_id: string; type: string; year: number | null }[],
): Map<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    layers.map(({ layer_id, type, year }) => {
      const kind = `${type}@${year ?? ''}`;
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      return [layer_id, `${kind}#${count}`];
    }),
  );
}

/** @param setNo place of the set in the run's order of sets */
export const setPlace = (setNo: number): string => `set#${setNo}`;
