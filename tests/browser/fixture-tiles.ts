/** Recorded tiles of the made-up county: its shapes encoded by the service's own encoder, or, below a zoom, cells that count them. */
import type { MultiPolygon, Polygon } from 'geojson';
import { cellFeatures, countsByKind } from '../../server/tiles/cells.ts';
import { encodePng } from '../../server/tiles/png.ts';
import { PointIndex } from '../../server/tiles/point-index.ts';
import { slopeLook, steepLook } from '../../server/tiles/terrain-looks.ts';
import { boxOfTile, type TileAddress } from '../../server/tiles/tile-grid.ts';
import { encodeTile, type TileFeature } from '../../server/tiles/vector-tile.ts';
import type { Row } from './fixture-verdicts.ts';

type Box = [west: number, south: number, east: number, north: number];

function boxOf({ geometry }: { geometry: Polygon | MultiPolygon }): Box {
  const positions = (geometry.coordinates.flat(Infinity) as number[]) ?? [];
  const [xs, ys] = [positions.filter((_, i) => i % 2 === 0), positions.filter((_, i) => i % 2 === 1)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const withoutNulls = (properties: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null)) as TileFeature['properties'];

export function parcelTiles(rows: readonly Row[]): TileFeature[] {
  return rows.flatMap(({ id, geometry, properties: p }) => {
    if (geometry === null) return [];
    const { parcel_id, project_code, township, verdict } = p;
    const fails = Object.entries(p.checks).flatMap(([check, finding]) => (finding.outcome === 'fail' ? [check] : []));
    const told = { ordinal: id, parcel_id, project_code, township, verdict, area_m2: Math.round(p.area_m2) };
    return [{ id, geometry, properties: withoutNulls({ ...told, fails: fails.sort().join(' ') || null }) }];
  });
}

export function layerTiles(shapes: readonly unknown[]): TileFeature[] {
  const features = shapes as { geometry: Polygon; properties: Record<string, unknown> }[];
  return features.map(({ geometry, properties }, i) => ({ id: i + 1, geometry, properties: withoutNulls(properties) }));
}

export function tilesetOf(id: string, layer: string, features: readonly TileFeature[], singlyFrom: number) {
  const boxes = features.map(boxOf);
  const least = (i: 0 | 1) => Math.min(...boxes.map((box) => box[i]));
  const most = (i: 2 | 3) => Math.max(...boxes.map((box) => box[i]));
  return {
    title: id,
    dataType: 'vector',
    version: '1',
    layers: [
      { id: 'cells', maxTileMatrix: String(Math.max(0, singlyFrom - 1)) },
      { id: layer, minTileMatrix: String(singlyFrom) },
    ],
    ...(boxes.length > 0 ? { boundingBox: { lowerLeft: [least(0), least(1)], upperRight: [most(2), most(3)] } } : {}),
    links: [
      {
        rel: 'item',
        templated: true,
        href: `/ogc/collections/${id}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?v=1`,
      },
    ],
  };
}

/** @param singlyFrom the zoom below which cells are drawn */
export async function tileBytes(
  layer: string,
  features: readonly TileFeature[],
  singlyFrom: number,
  tile: TileAddress,
): Promise<Uint8Array> {
  if (tile.z >= singlyFrom) {
    const { west, south, east, north } = boxOfTile(tile, 0.05);
    const inside = features.filter((feature) => {
      const [w, s, e, n] = boxOf(feature);
      return e >= west && w <= east && n >= south && s <= north;
    });
    return encodeTile(layer, inside, tile);
  }
  const points = features.map((feature) => {
    const [w, s, e, n] = boxOf(feature);
    const kind = String(feature.properties['verdict'] ?? feature.properties['class_code'] ?? '');
    return { ordinal: feature.id, lon: (w + e) / 2, lat: (s + n) / 2, kind, weight: 1 };
  });
  const index = await PointIndex.read(async (after) => points.filter((point) => point.ordinal > after));
  const kinds = countsByKind(['compliant', 'non_compliant', 'undetermined']);
  return encodeTile('cells', cellFeatures(index.cells(tile), tile.z, kinds), tile);
}

/** Where the made-up raster lies, and that it can be drawn as slopes alone. */
export function picturesOf(id: string, county: readonly TileFeature[]) {
  const { boundingBox } = tilesetOf(id, '', county, 0);
  const href = `/ogc/collections/${id}/styles/slope/map/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}?v=1`;
  const link = { rel: 'item', templated: true, style: 'slope', minTileMatrix: '6', href };
  return { title: id, dataType: 'map', version: '1', boundingBox, links: [link] };
}

/** A tile of five stripes from flat to steep, the same everywhere. @param over only what is steeper */
export function pictureBytes(over: number | null): Uint8Array {
  const look = over === null ? slopeLook : steepLook(over);
  const halves = [0, 8, 20, 40, 80];
  const pixels = Uint8Array.from({ length: 256 * 256 }, (_, i) => {
    const [x, y] = [i % 256, Math.floor(i / 256)];
    return look.index(halves[Math.floor(x / 51.3)]!, (x + y) % 8 < 2);
  });
  return encodePng(256, 256, pixels, look.palette);
}
