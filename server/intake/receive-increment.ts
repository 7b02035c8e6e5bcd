/**
 * Land use of the next year out of a base and an increment (DOMAIN §2.5): the base without the patches that DLTBGXGC names, plus all of
 * DLTBGX; with DLTBGX alone the base is cut where new patches lie. The result is a layer like any other: the new patches first, then the
 * base's in their order.
 */
import { rm } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { AppError } from '../errors.ts';
import { checkSystem, type IncrementBase, yearGap } from './increment-base.ts';
import { type Changes, type NewPatches, type PatchFields, readChanges, readNewPatches } from './increment-changes.ts';
import { checkAreas, checkNames, type PatchAreas, tellErased, tellOverlaps } from './increment-check.ts';
import { areasOf, copyCut, copyKept, coveredByPatches, sliverM2 } from './increment-copy.ts';
import { demandRows, nothingNew, onlyRemoved } from './increment-empty.ts';
import { OldPatches } from './increment-old-patches.ts';
import { type IncrementTables, readTables } from './increment-tables.ts';
import { planLayer } from './layer-plan.ts';
import { fillLayer, type LayerTask, type ReceivedLayer } from './layer-task.ts';
import type { Claim } from './loading.ts';
import { printable } from './printable.ts';
import { partOf } from './progress.ts';
import { readVectorSource } from './read-source.ts';
import { decideRegion } from './region.ts';
import { type ReceiveDeps, sourceOptions } from './request.ts';
import type { Warning } from './source-types.ts';
import { readSpool } from './spool.ts';
import { storeFeatures } from './store-features.ts';
import type { ReceiveHooks } from './store-shapes.ts';

/** An overlap up to this is taken for none by survey software (DOMAIN §1.6). */
const overlapM2 = 1;

/** Throws what a layer's receiving throws; `validation` where not one patch that it names is in the base, or the codes are of another system. */
export async function receiveIncrement(
  deps: ReceiveDeps,
  task: LayerTask,
  base: IncrementBase,
  hooks: ReceiveHooks,
): Promise<ReceivedLayer | 'ready'> {
  const { input, type, asked } = task;
  const { db } = deps.database;
  const tables = await read(deps, task, hooks);
  const { patches, process } = tables;
  try {
    const expected = base.code_system ?? undefined;
    demandRows(tables, input.fileName);
    const plan =
      patches.feature_count === 0
        ? nothingNew(expected)
        : await planLayer(type, patches.fields, readSpool(patches.spool), { ...input, expected });
    const system = plan.codeSystem?.system ?? null;
    if (system !== null) checkSystem(base, system);
    const region = decideRegion(input.regionCode, { region_code: null, source: 'boundary' }, asked);
    const young = await readNewPatches(patches);
    const old = await OldPatches.read(db, base);
    const changes = process === null ? null : await readChanges(process);
    if (changes !== null) demandFit(changes, old, base);

    const fill = async (held: Claim) => {
      const added = patches.feature_count;
      const all = changes === null || undefined;
      const stored = added === 0 ? [] : await storeFeatures(db, held, patches, task, plan, part(hooks, 0.3, 0.2), all);
      const covered = await coveredByPatches(db, held, base, added, part(hooks, 0.5, 0.1));
      const made =
        changes === null
          ? await erased(db, held, base, covered, added, hooks)
          : await replaced(db, held, base, { changes, old, young, covered }, added, hooks);
      const increment = {
        base: { layer_id: base.layer_id, year: base.year, name: base.name, content_sha256: base.content_sha256 },
        tables: {
          DLTBGX: patches.layers[0]!.name,
          DLTBGXGC: process?.layers[0]?.name ?? null,
          not_read: tables.others,
        },
        ...made.decisions,
        added,
        patch_fields: joined(young.fields, old.fields),
      };
      return {
        feature_count: made.total,
        warnings: [
          ...patches.warnings,
          ...(process?.warnings ?? []),
          ...plan.warnings,
          ...yearGap(base, input.year!),
          ...stored,
          ...(added === 0 ? [onlyRemoved(patches, made.total)] : []),
          ...made.warnings,
        ],
        decisions: {
          crs: patches.crs,
          encoding: patches.encoding,
          fields: plan.fields,
          code_system: plan.codeSystem,
          layers: patches.layers,
          increment,
        },
      };
    };
    return await fillLayer(db, task, region, system, fill, hooks);
  } finally {
    for (const table of [patches, process]) if (table !== null) await rm(table.spool, { force: true });
  }
}

async function read(deps: ReceiveDeps, { input, asked }: LayerTask, hooks: ReceiveHooks): Promise<IncrementTables> {
  const { sublayer: _, ...options } = await sourceOptions(deps, asked, input);
  const readOne = (sublayer?: string) =>
    readVectorSource(
      input.path,
      input.fileName,
      { ...options, mayBeEmpty: true, ...(sublayer === undefined ? {} : { sublayer }) },
      deps.config.limits.layers,
      {
        purpose: 'layer',
        ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
        progress: partOf(hooks.progress, 0.02, 0.28),
      },
    );
  return await readTables(readOne, input.sublayer, input.fileName);
}

const part = (hooks: ReceiveHooks, from: number, share: number): ReceiveHooks => ({
  ...hooks,
  progress: partOf(hooks.progress, from, share),
});

interface Made {
  total: number;
  warnings: Warning[];
  decisions: Record<string, unknown>;
}

/** By DLTBGXGC: what it names is left out, everything else of the base stays as it is. */
async function replaced(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  known: { changes: Changes; old: OldPatches; young: NewPatches; covered: ReadonlyMap<number, number> },
  added: number,
  hooks: ReceiveHooks,
): Promise<Made> {
  const { changes, old, young, covered } = known;
  const removed = [...changes.before.keys()].flatMap((number) =>
    old.numbered(number).map(({ feature_no }) => feature_no),
  );
  const total = await copyKept(db, held, base, removed, added, part(hooks, 0.6, 0.3));
  const drawnBefore = await areasOf(db, base.region_code, base.layer_id, removed);
  const drawnAfter = await areasOf(
    db,
    held.region,
    held.id,
    young.patches.map((_, i) => i + 1),
  );
  const after = new Map<string, PatchAreas>();
  for (const [i, { number, area_m2 }] of young.patches.entries())
    if (number !== null) addAreas(after, number, area_m2, drawnAfter.get(i + 1) ?? null);
  const before = new Map<string, PatchAreas>();
  for (const number of changes.before.keys())
    for (const patch of old.numbered(number))
      addAreas(before, number, patch.area_m2, drawnBefore.get(patch.feature_no) ?? null);
  const gone = new Set(removed);
  const overlaps = [...covered]
    .filter(([feature, area_m2]) => !gone.has(feature) && area_m2 > overlapM2)
    .map(([feature, area_m2]) => ({ number: old.nameOf(feature), area_m2 }));
  return {
    total,
    warnings: [
      ...checkNames(changes, (number) => old.numbered(number).length, young),
      ...checkAreas('before', changes, (number) => before.get(number)),
      ...checkAreas('after', changes, (number) => after.get(number)),
      ...tellOverlaps(overlaps),
    ],
    decisions: {
      mode: 'by-name',
      removed: removed.length,
      kept: total - added,
      removed_m2: sum(drawnBefore.values()),
      added_m2: sum(drawnAfter.values()),
    },
  };
}

/** By geometry: what new patches cover of the base is cut off. */
async function erased(
  db: Kysely<Schema>,
  held: Claim,
  base: IncrementBase,
  covered: ReadonlyMap<number, number>,
  added: number,
  hooks: ReceiveHooks,
): Promise<Made> {
  const touched = [...covered].filter(([, area_m2]) => area_m2 > sliverM2).map(([feature]) => feature);
  const kept = await copyKept(db, held, base, touched, added, part(hooks, 0.6, 0.2));
  const { total, ...slivers } = await copyCut(db, held, base, touched, added, kept, part(hooks, 0.8, 0.1));
  const cut = total - kept;
  const whole = touched.length - cut;
  return {
    total,
    warnings: tellErased({ whole, cut, ...slivers }, sliverM2),
    decisions: { mode: 'by-geometry', removed: whole, cut, kept: kept - added, ...slivers },
  };
}

/** Patches that share a number count as one: so the table speaks of them. */
function addAreas(areas: Map<string, PatchAreas>, number: string, area: number | null, drawn: number | null): void {
  const plus = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  const known = areas.get(number);
  areas.set(
    number,
    known === undefined
      ? { area_m2: area, drawn_m2: drawn }
      : { area_m2: plus(known.area_m2, area), drawn_m2: plus(known.drawn_m2, drawn) },
  );
}

const sum = (figures: Iterable<number>) => [...figures].reduce((total, figure) => total + figure, 0);

const joined = (a: PatchFields, b: PatchFields): PatchFields => ({
  number: [...new Set([...a.number, ...b.number])],
  area: [...new Set([...a.area, ...b.area])],
});

/** Not one name in the base: it is not the base of this increment, or has no identifiers. Some missing is a warning. */
function demandFit(changes: Changes, old: OldPatches, base: IncrementBase): void {
  const due = [...changes.before].filter(([, { foreseen }]) => !foreseen);
  if (due.length === 0 || due.some(([number]) => old.numbered(number).length > 0)) return;
  const examples = due.slice(0, 5).map(([number]) => printable(number, 40));
  const list = examples.join('、');
  const say =
    old.size === 0
      ? {
          zh: `基期图层“${base.name}”（${base.year} 年）没有图斑标识码（BSM），无法按更新过程层替换；请用带 BSM 的图层作基期`,
          en: `The base "${base.name}" (${base.year}) has no identifiers (BSM), so patches cannot be replaced by name; take a base that has them`,
        }
      : {
          zh: `更新过程层的 ${due.length} 个变更前图斑标识码（例如 ${list}）在基期图层“${base.name}”（${base.year} 年）中一个也没有；请核对基期`,
          en: `Not one of the ${due.length} patches that the process table names (e.g. ${examples.join(', ')}) is in the base "${base.name}" (${base.year}); check the base`,
        };
  throw new AppError('validation', say, { file: changes.file, field: 'BGQTBBSM', candidates: examples });
}
