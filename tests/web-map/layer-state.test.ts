import { describe, expect, test } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import type { LayerItem } from '../../web-map/src/api/types.ts';
import { choiceKey, createLayerChoices } from '../../web-map/src/state/layer-choices.ts';
import { createSwipe } from '../../web-map/src/state/swipe.ts';

function memory(text: string | null = null) {
  let held = text;
  const setItem = (_: string, next: string) => {
    held = next;
  };
  return { getItem: () => held, setItem };
}
const landUse = (layer_id: string, year: number | null): LayerItem => ({
  layer_id,
  type: 'land-use',
  year,
  name: layer_id,
  created_at: '2024-01-01T00:00:00Z',
});

describe('what the reader chose for a layer', () => {
  test('holds for the next time, by type and year and not by the version of the layer', () => {
    const storage = memory();
    const choices = createLayerChoices(storage);
    choices.choose(choiceKey(landUse('a', 2023)), { shown: true });
    choices.choose(choiceKey(landUse('b', 2023)), { opacity: 0.4 });
    const later = createLayerChoices(storage);
    expect(later.of('land-use@2023')).toEqual({ shown: true, opacity: 0.4 });
    expect(later.of('land-use@2022')).toEqual({});
  });

  test.each(['{', '7', 'null', '[]', '{"a":{"shown":"yes","opacity":7},"b":null}'])(
    'is not what stands there as %s',
    (text) => {
      const choices = createLayerChoices(memory(text));
      expect(choices.of('a')).toEqual({});
      expect(choices.of('b')).toEqual({});
    },
  );

  test('holds until the page is closed where the browser keeps nothing', () => {
    const choices = createLayerChoices(null);
    choices.choose('a', { shown: false });
    expect(choices.of('a')).toEqual({ shown: false });
  });
});

describe('two years side by side', () => {
  test('are the first and the last, until others are chosen, and end with their region', async () => {
    const layers = shallowRef([landUse('x', 2013), landUse('y', 2019), landUse('z', 2023), landUse('no year', null)]);
    const needed: string[] = [];
    const swipe = createSwipe(layers, (id) => needed.push(id));
    swipe.start();
    expect(swipe.sides.value).toEqual({ left: 'x', right: 'z' });
    expect(needed).toEqual(['x', 'z']);
    swipe.choose('left', 'y');
    expect(swipe.sides.value).toEqual({ left: 'y', right: 'z' });
    layers.value = [landUse('other', 2023)];
    await nextTick();
    expect(swipe.sides.value).toBeNull();
    swipe.start();
    expect(swipe.sides.value, 'one year has nothing beside it').toBeNull();
  });
});
