/** The unit of the areas a file declares, decided when the computed ones are known (CONTRACT §3.1). */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { sqlFile } from '../database/sql-file.ts';
import { type AreaUnit, areaUnitTitle, decideAreaUnit, type UnitDecision, unitFraction } from '../domain/area-units.ts';
import { type Claim, underClaim } from './loading.ts';
import { RowPlaces } from './row-places.ts';
import type { Warning } from './source-types.ts';

interface Sums {
  area_m2: number;
  gross_declared: number;
  gross_computed: number;
  net_declared: number;
  net_computed: number;
}

const sumsOf = sqlFile<Sums>('queries/intake-declared-sums');
const bringToUnit = sqlFile('queries/intake-declared-unit');
const oddRatios = sqlFile<{ source_row: number; source_file: string }>('queries/intake-net-ratio');

/** parcels updated by one statement: about 0.1 s on the embedded database */
const portion = 2000;

/** net ÷ gross outside this is a doubt about the figures (DOMAIN §1.8: thresholds recommended there) */
const plausible = { low: 0.85, high: 1.02 };

export type StoredUnitDecision = UnitDecision & { title: string };

export interface DeclaredAreas {
  /** of the stored shapes */
  area_m2: number;
  /** null: nothing was declared, or nothing to compare with */
  unit: { gross: StoredUnitDecision | null; net: StoredUnitDecision | null; given?: AreaUnit };
  warnings: Warning[];
}

/** Decides both units over the whole set, unless one is given, and brings the stored figures to m². */
export async function settleDeclaredAreas(
  db: Kysely<Schema>,
  held: Claim,
  parcels: number,
  given: AreaUnit | undefined,
  progress?: (share: number) => void,
): Promise<DeclaredAreas> {
  const key = { region_code: held.region, parcel_set_id: held.id };
  const sums = await sumsOf.one(db, key);
  const gross = decideAreaUnit(sums.gross_declared, sums.gross_computed, given);
  const net = decideAreaUnit(sums.net_declared, sums.net_computed, given);
  // a figure of a parcel without a shape is in the unit given all the same
  const [grossUnit, netUnit] = [gross?.unit ?? given ?? 'm2', net?.unit ?? given ?? 'm2'];
  const [grossTimes, grossOver] = unitFraction[grossUnit];
  const [netTimes, netOver] = unitFraction[netUnit];
  const factors = { gross_times: grossTimes, gross_over: grossOver, net_times: netTimes, net_over: netOver };
  if (grossUnit !== 'm2' || netUnit !== 'm2')
    for (let first = 1; first <= parcels; first += portion) {
      await underClaim(db, held, (trx) =>
        bringToUnit.run(trx, { ...key, ...factors, first, last: first + portion - 1 }),
      );
      progress?.((first + portion - 1) / parcels);
    }

  const warnings = [...doubtful('declared_area_m2', gross), ...doubtful('declared_net_m2', net)];
  const odd = net === null ? [] : await oddRatios.all(db, { ...key, ...plausible });
  const places = RowPlaces.of(odd.map(({ source_row: row, source_file: file }) => ({ row, file })));
  if (odd.length > 0)
    warnings.push({
      code: 'net-ratio-implausible',
      message: {
        zh: `${odd.length} 个地块的新增耕地净面积与地块面积之比不在 ${plausible.low}–${plausible.high} 之间，请核对${places.among().zh}`,
        en: `For ${odd.length} parcels net ÷ gross is outside ${plausible.low}–${plausible.high}; look at the figures${places.among().en}`,
      },
      where: places.where(),
    });
  return {
    area_m2: sums.area_m2,
    unit: { gross: titled(gross), net: titled(net), ...(given === undefined ? {} : { given }) },
    warnings,
  };
}

/** Even the best unit leaves the sum half or twice what was computed: the figures may be of something else. */
function doubtful(column: string, decision: UnitDecision | null): Warning[] {
  if (decision === null) return [];
  const { nearest } = decision;
  const ratio = decision.ratios[decision.unit];
  if (nearest !== decision.unit) return [againstSums(column, decision, nearest)];
  if (ratio >= 0.5 && ratio <= 2) return [];
  const unit: AreaUnit = decision.unit;
  return [
    {
      code: 'area-unit-doubtful',
      message: {
        zh: `申报面积按${areaUnitTitle[unit].zh}计最接近图形面积，但仍为其 ${ratio.toPrecision(3)} 倍，请核对面积属性`,
        en: `Read as ${areaUnitTitle[unit].en} the declared areas are nearest to the shapes, and still ${ratio.toPrecision(3)} times theirs; look at the attribute`,
      },
      where: { field: column },
    },
  ];
}

/** A person's unit stands, but the sums speak for another: told, with both figures, so that a slip of the hand is seen. */
function againstSums(column: string, { unit, ratios }: UnitDecision, nearest: AreaUnit): Warning {
  const [taken, better] = [areaUnitTitle[unit], areaUnitTitle[nearest]];
  const times = (of: AreaUnit) => ratios[of].toPrecision(3);
  return {
    code: 'area-unit-against-sums',
    message: {
      zh: `按指定的单位（${taken.zh}）计，申报面积合计是图形面积的 ${times(unit)} 倍；按${better.zh}计最接近（${times(nearest)} 倍），请核对面积单位`,
      en: `In the unit given, ${taken.en}, the declared areas are ${times(unit)} times the shapes; in ${better.en} they are nearest (${times(nearest)} times): check the unit`,
    },
    where: { field: column },
  };
}

function titled(decision: UnitDecision | null): StoredUnitDecision | null {
  return decision === null ? null : { ...decision, title: areaUnitTitle[decision.unit].zh };
}
