/** The vector formats that are read, tried in this order by content. A new one is a file beside these and a line here. */

import { csv } from './csv.ts';
import { filegdb } from './filegdb.ts';
import type { VectorFormat } from './format.ts';
import { geojson } from './geojson.ts';
import { geopackage } from './geopackage.ts';
import { kml } from './kml.ts';
import { shapefile } from './shapefile.ts';
import { txt } from './txt.ts';
import { xlsx } from './xlsx.ts';

export const vectorFormats: readonly VectorFormat[] = [txt, shapefile, filegdb, geopackage, kml, geojson, csv, xlsx];
