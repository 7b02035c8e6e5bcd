/**
 * Pictures of raster layers at the paths of OGC API – Tiles for maps (20-057, table 16: /map/tiles, and /styles/{styleId}/map/tiles), beside
 * the vector tiles: slope classes, what is steeper than a limit, and, of an elevation model, hillshade.
 */
import type { TObject } from 'typebox';
import { AppError } from '../../errors.ts';
import {
  boxOfRaster,
  type RasterOfTiles,
  type RasterStyle,
  RasterTiles,
  rasterTileVersion,
} from '../../tiles/raster-tiles.ts';
import { tileMatrixSet } from '../../tiles/tile-grid.ts';
import type { App, AppDeps } from '../context.ts';
import { invalidField, notFound } from '../problem.ts';
import { oneLayer } from '../reading/layers.ts';
import { problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/tiles.ts';
import { answerTile, lastingCache } from '../tile-answer.ts';
import { checkMatrixSet, tileOf } from './tiles.ts';

export function mapTileRoutes(app: App, { database: { db } }: AppDeps): void {
  const tiles = new RasterTiles(db);

  /** @throws not-found; validation of a layer of polygons */
  const rasterOf = async (id: string): Promise<RasterOfTiles> => {
    const layer = await oneLayer(db, id);
    if (layer === undefined) throw notFound({ zh: '栅格图层', en: 'raster layer' }, id);
    if (layer.raster === null) {
      throw invalidField('id', {
        zh: '该图层不是栅格，没有图片瓦片；其矢量瓦片在 /ogc/collections/{id}/tiles/WebMercatorQuad。',
        en: 'This layer is no raster and has no pictures; its vector tiles are under /ogc/collections/{id}/tiles/WebMercatorQuad.',
      });
    }
    const { region_code, layer_id } = layer;
    return { ...(layer.raster as unknown as RasterOfTiles), region_code, layer_id };
  };

  app.get(
    '/collections/:id/map/tiles/:tms',
    {
      schema: {
        tags: ['tiles'],
        summary: '栅格图层的图片瓦片集：范围，各样式的模板地址与可用级别',
        params: schemas.TilesetPath as TObject,
        response: { 200: schemas.Tileset, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { id, tms } = request.params as { id: string; tms: string };
      checkMatrixSet(tms);
      const raster = await rasterOf(id);
      const [west, south, east, north] = boxOfRaster(raster);
      reply.header('cache-control', 'no-cache');
      return {
        title: id,
        dataType: 'map',
        crs: 'http://www.opengis.net/def/crs/EPSG/0/3857',
        tileMatrixSetURI: `http://www.opengis.net/def/tilematrixset/OGC/1.0/${tileMatrixSet}`,
        version: String(rasterTileVersion),
        boundingBox: { lowerLeft: [west, south], upperRight: [east, north] },
        links: (await tiles.styles(raster)).map((style) => ({
          rel: 'item',
          type: 'image/png',
          templated: true,
          style: style.id,
          minTileMatrix: String(style.from),
          href: `/ogc/collections/${id}/styles/${style.id}/map/tiles/${tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}?v=${rasterTileVersion}`,
        })),
      };
    },
  );

  app.get(
    '/collections/:id/styles/:style/map/tiles/:tms/:z/:row/:col',
    {
      schema: {
        tags: ['tiles'],
        summary: '一块图片瓦片（PNG，256×256），仅供屏幕显示；204：此处没有该栅格',
        params: schemas.MapTilePath as TObject,
        querystring: schemas.MapTileQuery,
        response: problemResponse,
      },
    },
    async (request, reply) => {
      const { id, tms, style, ...address } = request.params as Record<
        'id' | 'tms' | 'style' | 'z' | 'row' | 'col',
        string
      >;
      const { v, over } = request.query as { v?: string; over?: number };
      checkMatrixSet(tms);
      const tile = tileOf(address);
      const raster = await rasterOf(id);
      if (!(await tiles.styles(raster)).some((known) => known.id === style))
        throw notFound({ zh: '样式', en: 'style' }, style);
      const png = await tiles.png(raster, style as RasterStyle, tile, style === 'slope' ? over : undefined);
      if (png === undefined) throw tooFar();
      const cache = lastingCache(v === String(rasterTileVersion));
      return answerTile(request, reply, png, { type: 'image/png', cache });
    },
  );
}

const tooFar = () =>
  new AppError(
    'not-found',
    {
      zh: '这一级太小，画不出该栅格：请放大到瓦片集所说的 minTileMatrix。',
      en: 'From this far off the raster is not drawn: go to the minTileMatrix that the tileset names.',
    },
    { field: 'z' },
  );
