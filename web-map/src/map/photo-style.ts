/** Where the photos of the selected parcel's decisions were taken, as their EXIF says. Pure. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { Review } from '../api/review-types.ts';

export const photoSource = 'photos';

export const photoSources: StyleSpecification['sources'] = {
  [photoSource]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
};

/** of no verdict and no measure; a square lens in a ring, and the file's name beside it */
const ink = '#0b6b66';

const common = { source: photoSource };

export function photoLayers(): LayerSpecification[] {
  return [
    {
      id: 'photo:ring',
      type: 'circle',
      ...common,
      paint: { 'circle-radius': 8, 'circle-color': '#ffffff', 'circle-stroke-color': ink, 'circle-stroke-width': 2.5 },
    },
    { id: 'photo:lens', type: 'circle', ...common, paint: { 'circle-radius': 3.5, 'circle-color': ink } },
  ];
}

/** Names lie lower, since of two texts that would overlap the upper is kept, and the words of the pieces come first. */
export const photoNames: LayerSpecification = {
  id: 'photo:name',
  type: 'symbol',
  ...common,
  layout: {
    'text-field': ['get', 'name'],
    'text-size': 12,
    'text-variable-anchor': ['left', 'right', 'bottom', 'top'],
    'text-radial-offset': 1,
    'text-justify': 'auto',
    'text-max-width': 14,
  },
  paint: { 'text-color': ink, 'text-halo-color': '#ffffff', 'text-halo-width': 1.8 },
};

/** @param word what stands beside a photo, by its file's name; each attachment once, those without a position nowhere */
export function photoShapes(history: readonly Review[], word: (name: string) => string) {
  const found = new Map(history.flatMap(({ attachments }) => attachments.map((one) => [one.attachment_id, one])));
  return {
    type: 'FeatureCollection' as const,
    features: [...found.values()].flatMap(({ lon, lat, file_name }) =>
      lon == null || lat == null
        ? []
        : [
            {
              type: 'Feature' as const,
              geometry: { type: 'Point' as const, coordinates: [lon, lat] },
              properties: { name: word(file_name) },
            },
          ],
    ),
  };
}
