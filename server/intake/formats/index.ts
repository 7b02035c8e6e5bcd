/** The vector formats that are read, tried in this order by content. A new one is a file beside these and a line here. */
import type { VectorFormat } from './format.ts';
import { geojson } from './geojson.ts';
import { shapefile } from './shapefile.ts';
import { txt } from './txt.ts';

export const vectorFormats: readonly VectorFormat[] = [txt, shapefile, geojson];
