/** The registry: one line a format. `GET /runs/{id}/exports/{format}` and the command line read it here. */
import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { geojson } from './geojson.ts';
import { shp } from './shp.ts';
import { xlsx } from './xlsx.ts';

export const exportFormats: Readonly<Record<ExportFormat['id'], ExportFormat>> = { geojson, csv, xlsx, shp };
export type { CheckText, ExportFormat, ExportInput, ExportOptions, RowInSrid } from './export-format.ts';
