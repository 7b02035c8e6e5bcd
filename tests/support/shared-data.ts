/** Finds the shared test data beside a checkout. A fresh clone elsewhere has none: those suites skip by name, but fail under CI=true. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const root = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export const hasSharedData = existsSync(root);

/** Absolute path of <repo>/../shared/data/<relPath>. */
export function sharedData(relPath: string): string {
  return root + relPath;
}

/** describe, or a skip by name where the folder is absent; under CI=true the suite runs and so fails. */
export const describeWithSharedData = hasSharedData || process.env['CI'] === 'true' ? describe : describe.skip;
