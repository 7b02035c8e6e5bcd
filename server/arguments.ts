/** What the commands of the command line say of their arguments. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from './errors.ts';

export function existing(path: string, flag = '--parcels'): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw bad(flag, `找不到文件 ${path} (no such file)`);
  return resolve(path);
}

export function bad(field: string, sentence: string): AppError {
  return new AppError('validation', { zh: sentence, en: sentence }, field ? { field } : undefined);
}
