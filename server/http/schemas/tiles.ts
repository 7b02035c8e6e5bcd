import { type Static, Type } from 'typebox';
import { closed, JsonObject } from './common.ts';
import { parcelFilter } from './runs.ts';

export const TilesetPath = Type.Object({ id: Type.String(), tms: Type.String() }, closed);
export const TilePath = Type.Object(
  { id: Type.String(), tms: Type.String(), z: Type.String(), row: Type.String(), col: Type.String() },
  closed,
);
/** of a run's parcels those that match, as in the list of them; a layer takes none */
export const TilesetQuery = Type.Object(parcelFilter, closed);
export type TilesetQuery = Static<typeof TilesetQuery>;
export const TileQuery = Type.Object(
  {
    ...parcelFilter,
    v: Type.Optional(Type.String({ maxLength: 20, description: '瓦片集答复中的 version；带上它的瓦片可长期缓存' })),
  },
  closed,
);
export type TileQuery = Static<typeof TileQuery>;

export const MapTilePath = Type.Object(
  {
    id: Type.String(),
    style: Type.String({ description: 'slope 坡度分级，hillshade 山体阴影（仅高程模型）' }),
    tms: Type.String(),
    z: Type.String(),
    row: Type.String(),
    col: Type.String(),
  },
  closed,
);
export const MapTileQuery = Type.Object(
  {
    v: Type.Optional(Type.String({ maxLength: 20, description: '瓦片集答复中的 version；带上它的瓦片可长期缓存' })),
    over: Type.Optional(
      Type.Number({ minimum: 0, maximum: 90, description: '仅 slope：只画坡度大于该度数（不含）的格网' }),
    ),
  },
  closed,
);
export const Tileset = JsonObject;
