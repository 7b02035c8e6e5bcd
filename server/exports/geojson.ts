/** verdicts.geojson (CONTRACT §4): one feature a parcel, in upload order, lon/lat, nothing rounded. */
import type { VerdictFeature, VerdictProperties, VerdictRow } from '../domain/verdict-feature.ts';
import { type ExportFormat, type ExportInput, inBlocks, wanted } from './export-format.ts';

export const geojson: ExportFormat = {
  id: 'geojson',
  title: { zh: 'GeoJSON（经纬度，逐地块核查结果）', en: 'GeoJSON (lon/lat, one feature a parcel)' },
  contentType: 'application/geo+json',
  extension: 'geojson',
  options: [],
  write: (input) => inBlocks(features(input)),
};

async function* features(input: ExportInput): AsyncGenerator<string> {
  let separator = '{"type":"FeatureCollection","name":"verdicts","features":[\n';
  let empty = true;
  for await (const row of wanted(input.rows(), input.options)) {
    yield separator + featureText(row);
    separator = ',\n';
    empty = false;
  }
  yield `${empty ? separator : '\n'}]}\n`;
}

/** One feature as JSON text, without what is not of the contract (attributes, file names). */
export function featureText(row: VerdictRow): string {
  const geometry = row.geometry === null ? 'null' : geometryText(row.geometry);
  return `{"type":"Feature","geometry":${geometry},"properties":${JSON.stringify(propertiesOf(row))}}`;
}

/** The properties of CONTRACT §4, in its order. */
export function propertiesOf(row: VerdictRow): VerdictProperties {
  return {
    parcel_id: row.parcel_id,
    project_code: row.project_code,
    project_name: row.project_name,
    township: row.township,
    declared_area_m2: row.declared_area_m2,
    area_m2: row.area_m2,
    verdict: row.verdict,
    deduct_area_m2: row.deduct_area_m2,
    restore_area_m2: row.restore_area_m2,
    remediate_area_m2: row.remediate_area_m2,
    kept_area_m2: row.kept_area_m2,
    kept_unverified_area_m2: row.kept_unverified_area_m2,
    // JSON leaves out what is undefined: these stand only where a net figure was declared
    deduct_net_m2: row.deduct_net_m2,
    restore_net_m2: row.restore_net_m2,
    remediate_net_m2: row.remediate_net_m2,
    kept_net_m2: row.kept_net_m2,
    pieces: row.pieces,
    checks: row.checks,
  };
}

function geometryText(geometry: NonNullable<VerdictFeature['geometry']>): string {
  const polygons = geometry.coordinates.map(
    (polygon) => `[${polygon.map((ring) => `[${ring.map(positionText).join(',')}]`).join(',')}]`,
  );
  return `{"type":"${geometry.type}","coordinates":[${polygons.join(',')}]}`;
}

function positionText(position: number[]): string {
  return `[${degrees(position[0]!)},${degrees(position[1]!)}]`;
}

/** All digits of the double, and never fewer than nine after the point (0.1 mm), which a reader may count on. */
function degrees(value: number): string {
  const text = String(value);
  const point = text.indexOf('.');
  return point === -1 || text.length - point - 1 < 9 ? value.toFixed(9) : text;
}
