/** Field names and types of one layer, or of several joined: what each column of each DBF is called and gives. */
import { AppError } from '../../errors.ts';
import { safeFieldName } from '../field-names.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision, SourceField, Warning } from '../source-types.ts';
import { decodeStrictly, strictDecoder } from '../text-encoding.ts';
import type { WarningTally } from '../warnings.ts';
import type { DbfColumn, DbfTable } from './dbf.ts';
import { type ColumnPlan, plannedType } from './dbf-values.ts';
import type { ShpFile } from './shp.ts';

export interface Layer {
  name: string;
  file: string;
  shp: ShpFile;
  dbf: DbfTable;
  /** columns with a number that does not survive as one */
  inexact: Set<DbfColumn>;
  /** decided after the first pass */
  encoding: EncodingDecision | undefined;
  /** no text of it reads otherwise in another encoding */
  ascii: boolean;
  warnings: Warning[];
}

/** Fields of the whole, and by layer how each column gives its value. Throws several-shapefiles where fields are not alike. */
export function planFields(
  layers: Layer[],
  fileName: string,
  warnings: WarningTally,
): { fields: SourceField[]; plans: ColumnPlan[][] } {
  const plans = layers.map((layer) => planLayer(layer, warnings));
  const [first, ...others] = plans;
  for (const [i, other] of others.entries()) join(first!, other, layers[0]!, layers[i + 1]!, fileName);
  // types may have been widened by a later layer: every layer gives what the first one says
  for (const other of others) for (const plan of other) plan.type = first!.find((f) => f.name === plan.name)!.type;
  const fields = first!.map(({ column, name, type }): SourceField => {
    const numeric = column.type === 'N' || column.type === 'F';
    return { name, type, width: column.width, ...(numeric ? { decimals: column.decimals } : {}) };
  });
  return { fields, plans };
}

function planLayer(layer: Layer, warnings: WarningTally): ColumnPlan[] {
  const used = new Set<string>();
  return layer.dbf.columns.map((column, i) => ({
    column,
    name: safeFieldName(
      decodeName(column.rawName, layer.encoding!.encoding),
      i + 1,
      used,
      { file: layer.dbf.file },
      warnings,
    ),
    type: plannedType(column, layer.inexact),
  }));
}

/** Names are cut at 10 bytes, often inside a character: the broken rest is left off. */
function decodeName(raw: Buffer, encoding: string): string {
  return decodeStrictly(strictDecoder(encoding), raw, raw.length >= 10)?.text ?? new TextDecoder(encoding).decode(raw);
}

/** Give `other` the names of `first`; both must have the same fields, in any order and case, of types that go together. */
function join(first: ColumnPlan[], other: ColumnPlan[], firstLayer: Layer, otherLayer: Layer, fileName: string): void {
  const key = (name: string) => name.toLowerCase();
  const byName = new Map(first.map((plan) => [key(plan.name), plan]));
  const missing = first.find((plan) => !other.some((o) => key(o.name) === key(plan.name)));
  if (missing) throw unlike(otherLayer, missing.name, `没有字段 ${missing.name}`, `lacks the field ${missing.name}`);
  for (const plan of other) {
    const own = byName.get(key(plan.name));
    if (!own) throw unlike(firstLayer, plan.name, `没有字段 ${plan.name}`, `lacks the field ${plan.name}`);
    if (own.type !== plan.type) {
      if (![own.type, plan.type].every((type) => type === 'text' || type === 'number'))
        throw unlike(
          otherLayer,
          plan.name,
          `字段 ${plan.name} 的类型不同`,
          `has the field ${plan.name} in another type`,
        );
      own.type = 'text';
    }
    plan.name = own.name;
  }

  function unlike(layer: Layer, field: string, zh: string, en: string): AppError {
    const detail = {
      zh: `压缩包内各图层字段不一致，不能合并：${layer.file} ${zh}。请统一字段，或用 sublayer 指定一个图层。`,
      en: `The layers of the archive cannot be joined: ${layer.file} ${en}. Give them the same fields, or name one as sublayer.`,
    };
    return new AppError('several-shapefiles', detail, {
      file: printable(fileName),
      field,
      candidates: [firstLayer.name, otherLayer.name],
    });
  }
}
