/** English of layers-zh.ts. */
import type { layersZh } from './layers-zh.ts';

export const layersEn: typeof layersZh = {
  tools: {
    title: 'Map tools',
    distance: 'Measure a distance',
    area: 'Measure an area',
    start: 'Points still needed: {n}.',
    crossed: 'The edges cross, so there is no area. Take back the last point and follow the boundary in order.',
    long: 'Length',
    around: 'Perimeter',
    keys: 'Click to add a point. By keyboard: arrows move the map, Enter adds a point at the cross, Backspace takes one back, Escape ends',
    undo: 'Take back a point',
    end: 'End',
    close: 'Close',
    goto: 'Go to coordinates or a parcel',
    gotoLabel: 'Coordinates or parcel id',
    gotoNote:
      'Longitude and latitude (degrees, or with minutes and seconds), or northing and easting in metres (the zone may stand before the easting, as 3192000 36577000), or a parcel id. CGCS2000.',
    go: 'Go',
    fault: {
      zone: 'The easting has no zone number and the zone of the county is not known: write the zone before it.',
      range: 'These coordinates lie outside China or too far from the zone they name: check the figures and the zone.',
    },
    position: 'Coordinates (CGCS2000)',
    atPointer: 'At the pointer',
    atCentre: 'Middle of the map',
    degrees: '{lon}° E {lat}° N',
    plane: 'N {x} E {y} (3-degree zone {zone}, metres)',
  },
  layers: {
    opacityOf: 'Opacity: {name}',
    year: '{year}',
    swipe: 'Swipe between two years of land use',
    swipeLine: 'Line between the years',
    swipeAt: '{left} on the left {n}%, {right} on the right {rest}%',
    swipeSide: { left: 'Year on the left', right: 'Year on the right' },
    swipeEnd: 'End',
    terrain: {
      title: 'Ground',
      slope: 'Slope classes',
      hillshade: 'Hillshade',
      steep: 'Cells over {n}° about the selected parcel',
      selectFirst: 'Shown when a parcel is selected.',
      flat: '≤2° (flat)',
      gentle: '2–6°',
      medium: '6–15°',
      strong: '15–25°',
      steep25: '>25° (hatched)',
      unknown: 'No data (grey hatching)',
    },
  },
};
