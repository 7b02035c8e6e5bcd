/** The corpus: every group of cases. A new format is a file in cases/ and a line here. */
import type { CorpusCase } from './case.ts';
import { archives } from './cases/archives.ts';
import { corners } from './cases/corners.ts';
import { geodatabases } from './cases/geodatabases.ts';
import { geojson } from './cases/geojson.ts';
import { geopackages } from './cases/geopackages.ts';
import { kmls } from './cases/kml.ts';
import { layers } from './cases/layers.ts';
import { rasters } from './cases/rasters.ts';
import { registers } from './cases/registers.ts';
import { requests } from './cases/requests.ts';
import { shapefileWords } from './cases/shapefile-words.ts';
import { shapefiles } from './cases/shapefiles.ts';
import { txts } from './cases/txt.ts';

const groups = [
  archives,
  shapefiles,
  shapefileWords,
  geojson,
  geopackages,
  kmls,
  geodatabases,
  txts,
  corners,
  layers,
  rasters,
  registers,
  requests,
];

export const corpus: readonly CorpusCase[] = groups.flatMap((cases) => cases());
