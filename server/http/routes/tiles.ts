/** OGC API – Tiles of runs and layers: a collection is a run or a layer, its id theirs. */
import type { TObject } from 'typebox';
import { AppError } from '../../errors.ts';
import { Kept } from '../../tiles/kept.ts';
import { isTile, type TileAddress, tileMatrixSet } from '../../tiles/tile-grid.ts';
import { type LayerOfTiles, type RunOfTiles, tilesOf, tileVersion } from '../../tiles/tiles.ts';
import type { ParcelFilter } from '../../verification/find-verdicts.ts';
import type { App, AppDeps } from '../context.ts';
import { filterAsked } from '../parcel-filter.ts';
import { invalidField, notFound, shown } from '../problem.ts';
import { parcelsChosen } from '../reading/chosen-parcels.ts';
import { type Box, boxOfLayer, oneLayer } from '../reading/layers.ts';
import { boxOfSets } from '../reading/parcel-sets.ts';
import { standingOf } from '../reading/runs.ts';
import { problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/tiles.ts';
import { answerTile, lastingCache } from '../tile-answer.ts';
import { isUuid } from '../uuid.ts';
import { demandFinished } from './runs.ts';

const tileType = 'application/vnd.mapbox-vector-tile';
export function tileRoutes(app: App, { database }: AppDeps): void {
  const { db } = database;
  const tiles = tilesOf(db);
  // of what never changes; of 100,000 parcels 60 ms
  const boxes = new Kept<Box | null>(10_000, () => 1);

  /** @throws not-found; conflict of a run that has not succeeded; validation of a raster, and of a layer that is filtered */
  const collection = async (id: string, filter: ParcelFilter) => {
    if (isUuid(id)) {
      const run = await standingOf(db, id);
      if (run !== undefined) {
        demandFinished(run);
        const { region_code, run_id, parcel_set_ids } = run;
        const of: RunOfTiles = { region_code, run_id };
        const chosen = await parcelsChosen(database, run, filter);
        return { of, chosen, box: () => boxOfSets(db, region_code, parcel_set_ids) };
      }
      const layer = await oneLayer(db, id);
      if (layer !== undefined) {
        if (layer.raster !== null) throw isRaster();
        for (const field of Object.keys(filter)) throw noFilter(field);
        const of: LayerOfTiles = { region_code: layer.region_code, layer_id: layer.layer_id };
        return { of, chosen: undefined, box: () => boxOfLayer(db, layer) };
      }
    }
    throw notFound({ zh: '瓦片集合(核查或图层)', en: 'collection (a run or a layer)' }, id);
  };

  app.get(
    '/collections/:id/tiles/:tms',
    {
      schema: {
        tags: ['tiles'],
        summary: '矢量瓦片集：模板地址、范围、从哪一级起逐个画出（以下各级为计数方格）',
        params: schemas.TilesetPath as TObject,
        querystring: schemas.TilesetQuery,
        response: { 200: schemas.Tileset, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { id, tms } = request.params as { id: string; tms: string };
      checkMatrixSet(tms);
      const query = request.query as schemas.TilesetQuery;
      const { of, chosen, box } = await collection(id, filterAsked(query));
      const singlyFrom = await tiles.singlyFrom(of, chosen);
      const asked = new URLSearchParams({ v: String(tileVersion) });
      for (const [key, value] of Object.entries(query)) asked.set(key, String(value));
      const bounds = await boxes.get(id, box);
      reply.header('cache-control', 'no-cache');
      return {
        title: id,
        dataType: 'vector',
        crs: 'http://www.opengis.net/def/crs/EPSG/0/3857',
        tileMatrixSetURI: `http://www.opengis.net/def/tilematrixset/OGC/1.0/${tileMatrixSet}`,
        version: String(tileVersion),
        layers: [
          { id: 'cells', dataType: 'vector', geometryDimension: 2, maxTileMatrix: String(Math.max(0, singlyFrom - 1)) },
          {
            id: 'run_id' in of ? 'parcels' : 'features',
            dataType: 'vector',
            geometryDimension: 2,
            minTileMatrix: String(singlyFrom),
          },
        ],
        ...(bounds === null
          ? {}
          : { boundingBox: { lowerLeft: [bounds[0], bounds[1]], upperRight: [bounds[2], bounds[3]] } }),
        links: [
          {
            rel: 'item',
            type: tileType,
            templated: true,
            href: `/ogc/collections/${id}/tiles/${tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}?${asked}`,
          },
        ],
      };
    },
  );

  app.get(
    '/collections/:id/tiles/:tms/:z/:row/:col',
    {
      schema: {
        tags: ['tiles'],
        summary: '一块矢量瓦片（MVT），仅供屏幕显示；核查的瓦片可按清单的筛选条件只取相符的地块',
        params: schemas.TilePath as TObject,
        querystring: schemas.TileQuery,
        response: problemResponse,
      },
    },
    async (request, reply) => {
      const { id, tms, ...address } = request.params as Record<'id' | 'tms' | 'z' | 'row' | 'col', string>;
      checkMatrixSet(tms);
      const tile = tileOf(address);
      const { v, ...asked } = request.query as schemas.TileQuery;
      const { of, chosen } = await collection(id, filterAsked(asked));
      const bytes = await ('run_id' in of ? tiles.ofRun(of, tile, chosen) : tiles.ofLayer(of, tile));
      // what is decided changes; all else of a finished run does not
      const cache = lastingCache(v === String(tileVersion) && asked.state === undefined);
      return answerTile(request, reply, bytes, { type: tileType, cache });
    },
  );
}

/** @throws not-found */
export function checkMatrixSet(tms: string): void {
  if (tms === tileMatrixSet) return;
  throw new AppError(
    'not-found',
    {
      zh: `没有“${shown(tms)}”这种瓦片矩阵集，可用：${tileMatrixSet}。`,
      en: `There is no tile matrix set “${shown(tms)}”; there is: ${tileMatrixSet}.`,
    },
    { field: 'tms' },
  );
}

/** @throws not-found */
export function tileOf(address: Record<'z' | 'row' | 'col', string>): TileAddress {
  const whole = (text: string) => (/^\d{1,7}$/.test(text) ? Number(text) : Number.NaN);
  const tile = { z: whole(address.z), row: whole(address.row), col: whole(address.col) };
  if (isTile(tile)) return tile;
  throw new AppError(
    'not-found',
    {
      zh: '没有这块瓦片：级别为 0–22，行列号自西北角起，均小于 2 的级别次方。',
      en: 'There is no such tile: zooms are 0–22, rows and columns count from the north-west and are less than 2 to the power of the zoom.',
    },
    { field: 'z' },
  );
}

const noFilter = (field: string) =>
  invalidField(field, {
    zh: '只有核查的瓦片可以筛选，图层的不可以。',
    en: 'Only the tiles of a run can be filtered, not those of a layer.',
  });
const isRaster = () =>
  invalidField('id', {
    zh: '栅格图层没有矢量瓦片，其图片瓦片在 /ogc/collections/{id}/map/tiles/WebMercatorQuad。',
    en: 'A raster layer has no vector tiles; its pictures are under /ogc/collections/{id}/map/tiles/WebMercatorQuad.',
  });
