import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkLayerYear, layerType, layerTypeIds, layerTypes } from '../../server/layers/index.ts';

describe('the registry of layer types', () => {
  it('holds the types of the contract, each in a file of its name', () => {
    // CONTRACT §2
    const contract =
      'eco-red-line land-use slope dem slope-zones boundary township occupation issue steep-ban levelling'.split(' ');
    expect(layerTypeIds).toEqual(contract);
    const folder = fileURLToPath(new URL('../../server/layers', import.meta.url));
    const others = ['index.ts', 'layer-type.ts', 'names.ts', 'README.md'];
    expect(
      readdirSync(folder)
        .filter((file) => !others.includes(file))
        .sort(),
    ).toEqual(contract.map((id) => `${id}.ts`).sort());
  });

  it('says in both languages what a type is', () => {
    for (const type of layerTypes) {
      expect(type.title.zh).toMatch(/[一-鿿]/);
      expect(type.title.en.length).toBeGreaterThan(2);
      expect(type.note.zh).toMatch(/[一-鿿]/);
    }
  });

  it('reads land use by class and needs its year; only rasters cover by cells', () => {
    expect(layerType('land-use')).toMatchObject({ needs_year: true, coverage: 'own-classes' });
    expect(layerTypes.filter((type) => type.needs_year).map((type) => type.id)).toEqual(['land-use']);
    expect(layerTypes.filter((type) => type.kind === 'raster').map((type) => [type.id, type.coverage])).toEqual([
      ['slope', 'cells'],
      ['dem', 'cells'],
    ]);
  });

  it('refuses a type it does not have, naming those it has', () => {
    expect(() => layerType('red-line')).toThrowError(
      expect.objectContaining({ code: 'validation', where: { field: 'type', candidates: [...layerTypeIds] } }),
    );
  });

  it('refuses land use without a year, and a year that is none', () => {
    expect(() => checkLayerYear(layerType('land-use'), undefined)).toThrowError(
      expect.objectContaining({ code: 'validation' }),
    );
    expect(() => checkLayerYear(layerType('land-use'), 23)).toThrowError(
      expect.objectContaining({ code: 'validation' }),
    );
    expect(() => checkLayerYear(layerType('eco-red-line'), undefined)).not.toThrow();
  });
});
