import { Type } from 'typebox';
import { JsonObject, Page } from './common.ts';

export const Registry = Page(JsonObject);
export const ConfigOut = JsonObject;

export const Live = Type.Object({ status: Type.Literal('alive') });
export const Ready = Type.Object({
  status: Type.Enum(['ready', 'not-ready']),
  database: JsonObject,
  promises: Type.Object({
    process_death: Type.Boolean(),
    power_loss: Type.Boolean(),
    role_separation: Type.Boolean(),
    note: Type.String(),
  }),
});
