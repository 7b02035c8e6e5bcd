/** What the commands of the command line say of their arguments. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AreaUnit, areaUnits } from './domain/area-units.ts';
import { AppError } from './errors.ts';

export function existing(path: string, flag = '--parcels'): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw bad(flag, `找不到文件 ${path} (no such file)`);
  return resolve(path);
}

export function bad(field: string, sentence: string): AppError {
  return new AppError('validation', { zh: sentence, en: sentence }, field ? { field } : undefined);
}

export function unitOf(text: string, flag: string): AreaUnit {
  const unit = areaUnits.find((one) => one === text);
  if (unit === undefined) throw bad(flag, `${text}：应为 ha（公顷）、mu（亩）或 m2 (one of ha, mu, m2)`);
  return unit;
}
