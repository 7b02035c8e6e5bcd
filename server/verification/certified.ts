/**
 * The parcels of a finished run against what is certified of their projects, by 数量, 水田 and 产能. What a certified project loses is 核减 of
 * its indicator; what a pending one loses is left out before it is certified (核定前扣除), so the two are never added up.
 */
import type { Kysely } from 'kysely';
import { registerProjects } from '../database/register-content.ts';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import type { Project, ProjectStatus } from '../domain/project.ts';
import type { Sentence } from '../errors.ts';
import type { Manifest, ManifestRegister } from './manifest.ts';
import { keyOf, type RunKey } from './run-context.ts';

interface ProjectSums {
  project_code: string;
  project_name: string | null;
  parcel_count: number;
  computed_m2: number;
  filed_m2: number;
  due_m2: number;
  unverified_m2: number;
  without_class: number;
  paddy_filed_m2: number | null;
  paddy_due_m2: number | null;
  without_capacity: number;
  capacity_kg: number | null;
  capacity_due_kg: number | null;
}

const runProjects = sqlFile<ProjectSums>('queries/run-projects');

/** m² of area and paddy, kg of capacity; null where nobody says. */
export interface Balance {
  certified: number | null;
  /** of the parcels in the run, as filed: net, else gross, else as computed */
  parcels: number | null;
  /** certified less parcels */
  difference: number | null;
  deduct: number | null;
  /** certified less deduct */
  remaining: number | null;
}

export type Standing = ProjectStatus | 'unregistered';

export interface ProjectBalance {
  project_code: string | null;
  project_name: string | null;
  township: string | null;
  status: Standing;
  certificate_no: string | null;
  parcel_count: number;
  /** of the parcels on the ellipsoid */
  computed_area_m2: number;
  /** kept, but by a check that could not say: 其中待核 */
  kept_unverified_area_m2: number;
  area_m2: Balance;
  paddy_m2: Balance;
  capacity_kg: Balance;
  /** parcels that do not say their class, or their capacity: the figures of the others stand without them */
  parcels_without_class: number;
  parcels_without_capacity: number;
  /** `parcels`: each parcel's own capacity in the share of it that is deducted; `project`: the certified one, where no parcel has its own */
  capacity_basis: 'parcels' | 'project' | null;
}

type Totals = Pick<
  ProjectBalance,
  'parcel_count' | 'computed_area_m2' | 'kept_unverified_area_m2' | 'area_m2' | 'paddy_m2' | 'capacity_kg'
>;

export interface GroupTotals extends Totals {
  /** what a deduction is to projects of this standing */
  deduction: Sentence | null;
  project_count: number;
  /** of them without a parcel in this run */
  projects_without_parcels: number;
}

export interface CertifiedBalance extends RunKey {
  /** null where the run pins none: then all projects are unregistered */
  register: Pick<ManifestRegister, 'register_id' | 'version_no' | 'file_name'> | null;
  totals: Record<Standing, GroupTotals>;
  projects: ProjectBalance[];
}

const deductions: Record<Standing, Sentence | null> = {
  certified: { zh: '核减', en: 'deducted from what is certified' },
  pending: { zh: '核定前扣除', en: 'left out before it is certified' },
  unregistered: null,
};

/** Of a run that has succeeded, with the register it pinned: certified projects, then pending ones, then parcels of no registered project. */
export async function certifiedBalance(
  db: Kysely<Schema>,
  of: RunKey,
  { register }: Pick<Manifest, 'register'>,
): Promise<CertifiedBalance> {
  const { region_code } = of;
  const sums = new Map((await runProjects.all(db, { ...keyOf(of) })).map((row) => [row.project_code, row]));
  const registered = register ? await registerProjects(db, { region_code, register_id: register.register_id }) : [];
  const projects = registered.map((project) => {
    const row = sums.get(project.project_code);
    sums.delete(project.project_code);
    return balanceOf(project, row);
  });
  const all = [...projects, ...[...sums.values()].map((row) => balanceOf(undefined, row))];
  const by = (status: Standing) => all.filter((project) => project.status === status);
  return {
    ...keyOf(of),
    register: register
      ? { register_id: register.register_id, version_no: register.version_no, file_name: register.file_name }
      : null,
    totals: {
      certified: totalOf('certified', by('certified')),
      pending: totalOf('pending', by('pending')),
      unregistered: totalOf('unregistered', by('unregistered')),
    },
    projects: [...by('certified'), ...by('pending'), ...by('unregistered')],
  };
}

function balanceOf(project: Project | undefined, row: ProjectSums | undefined): ProjectBalance {
  const { certified_area_m2 = null, certified_paddy_m2 = null, certified_capacity_kg = null } = project ?? {};
  const ownCapacity = row?.capacity_kg != null;
  // no parcel says its capacity: the certified one goes with the land, in the share of it that is deducted
  const shared =
    certified_capacity_kg !== null && row && row.filed_m2 > 0
      ? (certified_capacity_kg * row.due_m2) / row.filed_m2
      : null;
  // a project with no paddy loses none, whatever its parcels do not say
  const paddyDue = row?.paddy_due_m2 ?? (certified_paddy_m2 === 0 ? 0 : null);
  return {
    project_code: project?.project_code ?? (row!.project_code || null),
    project_name: project?.project_name ?? row?.project_name ?? null,
    township: project?.township ?? null,
    status: project?.status ?? 'unregistered',
    certificate_no: project?.certificate_no ?? null,
    parcel_count: row?.parcel_count ?? 0,
    computed_area_m2: row?.computed_m2 ?? 0,
    kept_unverified_area_m2: row?.unverified_m2 ?? 0,
    area_m2: balance(certified_area_m2, row ? row.filed_m2 : null, row ? row.due_m2 : null),
    paddy_m2: balance(certified_paddy_m2, row?.paddy_filed_m2 ?? null, row ? paddyDue : null),
    capacity_kg: balance(
      certified_capacity_kg,
      row?.capacity_kg ?? null,
      ownCapacity ? row.capacity_due_kg : row?.due_m2 === 0 ? 0 : shared,
    ),
    parcels_without_class: row?.without_class ?? 0,
    parcels_without_capacity: row?.without_capacity ?? 0,
    capacity_basis: ownCapacity ? 'parcels' : shared !== null ? 'project' : null,
  };
}

const less = (one: number | null, other: number | null) => (one === null || other === null ? null : one - other);

const balance = (certified: number | null, parcels: number | null, deduct: number | null): Balance => ({
  certified,
  parcels,
  difference: less(certified, parcels),
  deduct,
  remaining: less(certified, deduct),
});

function totalOf(status: Standing, projects: readonly ProjectBalance[]): GroupTotals {
  const sum = (of: (project: ProjectBalance) => number) => projects.reduce((total, one) => total + of(one), 0);
  return {
    deduction: deductions[status],
    project_count: projects.filter(({ project_code }) => project_code !== null).length,
    projects_without_parcels: projects.filter(({ parcel_count }) => parcel_count === 0).length,
    parcel_count: sum(({ parcel_count }) => parcel_count),
    computed_area_m2: sum((one) => one.computed_area_m2),
    kept_unverified_area_m2: sum((one) => one.kept_unverified_area_m2),
    area_m2: sumOf(projects.map((one) => one.area_m2)),
    paddy_m2: sumOf(projects.map((one) => one.paddy_m2)),
    capacity_kg: sumOf(projects.map((one) => one.capacity_kg)),
  };
}

/** Of those who say; null where nobody does. What remains is of the sums, so that certified − deduct = remaining in every row and total. */
function sumOf(balances: readonly Balance[]): Balance {
  const sum = (key: 'certified' | 'parcels' | 'deduct') => {
    const said = balances.flatMap((one) => (one[key] === null ? [] : [one[key]]));
    return said.length === 0 ? null : said.reduce((total, one) => total + one, 0);
  };
  return balance(sum('certified'), sum('parcels'), sum('deduct'));
}
