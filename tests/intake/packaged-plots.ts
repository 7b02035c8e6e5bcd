/** The same plots as a GeoPackage, a KMZ and a zipped file geodatabase, for tests of the whole way. */
import { type Feature, gdalMakes, membersOf } from './gdal-files.ts';
import { blob, makeGeopackage, polygonWkb } from './make-geopackage.ts';
import { makeZip } from './make-zip.ts';

export interface PackagedPlot {
  /** longitude and latitude */
  ring: [number, number][];
  properties: Record<string, string>;
}

export const degreeSquare = (west: number, south: number, size = 0.001): [number, number][] => [
  [west, south],
  [west, south + size],
  [west + size, south + size],
  [west + size, south],
  [west, south],
];

const wgs84 =
  'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';

export function asGeopackage(plots: PackagedPlot[]): Buffer {
  return makeGeopackage({
    srs: [{ id: 4326, organization: 'EPSG', code: 4326, definition: wgs84 }],
    layers: [
      {
        srsId: 4326,
        columns: Object.keys(plots[0]!.properties).map((name) => `"${name}" TEXT`),
        rows: plots.map(({ ring, properties }) => ({
          values: Object.values(properties),
          geometry: blob(polygonWkb([ring]), { srsId: 4326 }),
        })),
      },
    ],
  });
}

export function asKml(plots: PackagedPlot[]): Buffer {
  const placemarks = plots.map(({ ring, properties }) => {
    const data = Object.entries(properties).map(
      ([name, value]) => `<Data name="${name}"><value>${value}</value></Data>`,
    );
    const coordinates = ring.map((point) => point.join(',')).join(' ');
    return `<Placemark><ExtendedData>${data.join('')}</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>${coordinates}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`;
  });
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${placemarks.join('')}</Document></kml>`,
  );
}

export const asKmz = (plots: PackagedPlot[]): Buffer => makeZip([{ name: 'doc.kml', data: asKml(plots) }]);

/** Needs GDAL. Its layer is BCGD, by its alias as given. */
export function asGeodatabase(plots: PackagedPlot[], alias: string): Buffer {
  const features = plots.map(({ ring, properties }): Feature => {
    return { type: 'Feature', properties, geometry: { type: 'MultiPolygon', coordinates: [[ring]] } };
  });
  const path = gdalMakes(features, 4490, 'db.gdb', '-f', 'OpenFileGDB', '-nln', 'BCGD', '-lco', `LAYER_ALIAS=${alias}`);
  return makeZip(membersOf(path));
}
