import { Type } from 'typebox';
import { closed, JsonObject } from './common.ts';

export const TilesetPath = Type.Object({ id: Type.String(), tms: Type.String() }, closed);
export const TilePath = Type.Object(
  { id: Type.String(), tms: Type.String(), z: Type.String(), row: Type.String(), col: Type.String() },
  closed,
);
export const TileQuery = Type.Object(
  { v: Type.Optional(Type.String({ maxLength: 20, description: '瓦片集答复中的 version；带上它的瓦片可长期缓存' })) },
  closed,
);
export const Tileset = JsonObject;
