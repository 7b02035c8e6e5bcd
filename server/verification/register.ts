/** The project register in a run: which version it pins, what that says of a parcel's project, and what differs between two versions. */
import type { Kysely } from 'kysely';
import type { Plot } from '../checks/check.ts';
import { registerProjects } from '../database/register-content.ts';
import type { Schema } from '../database/schema.ts';
import { factsOfProject, type ProjectFacts, plainProjectCode } from '../domain/project.ts';
import { AppError } from '../errors.ts';
import type { ManifestRegister } from './manifest.ts';

/** by plain project code */
export type RegisterFacts = ReadonlyMap<string, ProjectFacts>;

const none: RegisterFacts = new Map();

/** The version asked for, by default the one in force; undefined where there is none or none is wanted. Throws `not-found`. */
export async function registerOfRun(
  db: Kysely<Schema>,
  regionCode: string,
  wanted: string | null | undefined,
): Promise<ManifestRegister | undefined> {
  if (wanted === null) return undefined;
  let query = db
    .selectFrom('project_register')
    .select(['register_id', 'version_no', 'file_name', 'sha256', 'content_sha256'])
    .select(['project_count', 'certified_count', 'pending_count', 'decisions'])
    .where('region_code', '=', regionCode);
  if (wanted !== undefined) query = query.where('register_id', '=', wanted);
  const row = await query.orderBy('version_no', 'desc').limit(1).executeTakeFirst();
  if (!row && wanted !== undefined)
    throw new AppError(
      'not-found',
      { zh: `本县没有项目登记 ${wanted}`, en: `No project register ${wanted} in this county` },
      { field: 'register_id' },
    );
  return row;
}

export async function registerFacts(
  db: Kysely<Schema>,
  { region_code }: { region_code: string },
  register: ManifestRegister | undefined,
): Promise<RegisterFacts> {
  if (register === undefined) return none;
  const projects = await registerProjects(db, { region_code, register_id: register.register_id });
  return new Map(projects.map((project) => [project.project_code, factsOfProject(project)]));
}

export type Registered<Row> = Row & Pick<Plot, 'registered_start_year'>;

/** A parcel's own date of acceptance goes before that of its project (CONTRACT §3.1, age of the evidence). */
export function withRegister<Row extends Pick<Plot, 'project_code' | 'accepted_on' | 'pending'>>(
  row: Row,
  projects: RegisterFacts,
): Registered<Row> {
  const project = projects.get(plainProjectCode(row.project_code));
  return {
    ...row,
    accepted_on: row.accepted_on ?? project?.accepted_on ?? null,
    pending: row.pending || (project?.pending ?? false),
    registered_start_year: project?.start_year ?? null,
  };
}

/** Codes of the projects of which two registers say something else that checks ask for. Names and areas decide no check. */
export async function touchedProjects(
  db: Kysely<Schema>,
  region_code: string,
  before: ManifestRegister | undefined,
  after: ManifestRegister | undefined,
): Promise<string[]> {
  if (before?.register_id === after?.register_id) return [];
  const [then, now] = [
    await registerFacts(db, { region_code }, before),
    await registerFacts(db, { region_code }, after),
  ];
  return [...new Set([...then.keys(), ...now.keys()])].filter((code) => !sameFacts(then.get(code), now.get(code)));
}

const unregistered: ProjectFacts = { start_year: null, accepted_on: null, pending: false };

function sameFacts(one: ProjectFacts = unregistered, other: ProjectFacts = unregistered): boolean {
  return one.start_year === other.start_year && one.accepted_on === other.accepted_on && one.pending === other.pending;
}
