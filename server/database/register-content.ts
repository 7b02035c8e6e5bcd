/** What the database holds of a version of a county's project register, and the digest by which a run pins it. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Project } from '../domain/project.ts';
import { type Db, sqlFile } from './sql-file.ts';

const rows = sqlFile<Project>('queries/register-projects');

export interface RegisterKey {
  region_code: string;
  register_id: string;
}

/** In the order of their codes. A register has at most some thousand rows (domain/limits.ts): it is read whole. */
export function registerProjects(db: Db, { region_code, register_id }: RegisterKey): Promise<Project[]> {
  return rows.all(db, { region_code, register_id });
}

/** sha256, hex, of every column of every project in the order of their codes. */
export function registerContent(projects: readonly Project[]): string {
  const sorted = [...projects].sort((a, b) => (a.project_code < b.project_code ? -1 : 1));
  return createHash('sha256').update(canonicalJson(sorted)).digest('hex');
}
