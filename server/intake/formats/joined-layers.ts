/** Several layers or files with like fields as one: the fields of the first, each row keeping its source file. */
import type { IntakeLimits } from '../../domain/limits.ts';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { EncodingDecision, SourceField, SpoolRow } from '../source-types.ts';
import type { Survey } from './format.ts';

/** Throws several-shapefiles where fields are not alike, too-many-features. One survey is given back as it is. */
export function joinSurveys(parts: Survey[], fileName: string, limits: IntakeLimits): Survey {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first!;
  const file = printable(fileName);
  const counts = parts.map((part) => part.layers.reduce((sum, layer) => sum + layer.featureCount, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > limits.features)
    throw new AppError(
      'too-many-features',
      {
        zh: `${file} 共有 ${total} 个图斑，超过 ${limits.features} 个。请按乡镇或项目拆分后分批上传。`,
        en: `${file} has ${total} features in all, more than ${limits.features}. Split it by township or project.`,
      },
      { file },
    );
  const fields = first.fields.map((field) => ({ ...field }));
  const renamed = others.map((other) => alike(fields, other, first, file));
  const textFields = new Set(fields.filter((field) => field.type === 'text').map((field) => field.name));
  return {
    layers: parts.flatMap((part) => part.layers),
    encoding: encodingOf(parts),
    fields,
    *rows(progress) {
      let done = 0;
      for (const [i, part] of parts.entries()) {
        const names = renamed[i - 1];
        for (const row of part.rows((share) => progress((done + share * counts[i]!) / (total || 1))))
          yield names ? { ...row, attributes: asFirst(row.attributes, names, textFields) } : widened(row, textFields);
        done += counts[i]!;
      }
    },
    warnings: () => parts.flatMap((part) => part.warnings()),
    close: () => {
      for (const part of parts) part.close();
    },
  };
}

/** Names of `other` → names of the first; widens the types of `fields` where they differ. */
function alike(fields: SourceField[], other: Survey, first: Survey, file: string): Map<string, string> {
  const key = (name: string) => name.toLowerCase();
  const names = new Map<string, string>();
  const own = other.layers[0]!;
  const missing = fields.find((field) => !other.fields.some((o) => key(o.name) === key(field.name)));
  if (missing) throw unlike(own.file, missing.name);
  for (const field of other.fields) {
    const same = fields.find((f) => key(f.name) === key(field.name));
    if (!same) throw unlike(first.layers[0]!.file, field.name);
    // a column that is a number here and text there is text; JSON stays what it is
    if (same.type !== field.type) same.type = 'text';
    names.set(field.name, same.name);
  }
  return names;

  function unlike(layer: string, field: string): AppError {
    return new AppError(
      'several-shapefiles',
      {
        zh: `${file} 内各图层字段不一致，不能合并：${layer} 没有字段 ${field}。请统一字段，或用 sublayer 指定一个图层。`,
        en: `The layers of ${file} cannot be joined: ${layer} lacks the field ${field}. Give them the same fields, or name one as sublayer.`,
      },
      { file, field, candidates: [first.layers[0]!.name, own.name] },
    );
  }
}

const asText = (value: SpoolRow['attributes'][string]) =>
  value === null || typeof value === 'string'
    ? value
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);

function widened(row: SpoolRow, textFields: Set<string>): SpoolRow {
  for (const name of textFields) row.attributes[name] = asText(row.attributes[name] ?? null);
  return row;
}

function asFirst(
  attributes: SpoolRow['attributes'],
  names: Map<string, string>,
  textFields: Set<string>,
): SpoolRow['attributes'] {
  const row: SpoolRow['attributes'] = {};
  for (const [from, to] of names) {
    const value = attributes[from] ?? null;
    row[to] = textFields.has(to) ? asText(value) : value;
  }
  return row;
}

function encodingOf(parts: Survey[]): EncodingDecision | null {
  const found = parts.map((part) => part.encoding).filter((encoding) => encoding !== null);
  const names = [...new Set(found.map(({ encoding }) => encoding))];
  return found[0] ? { ...found[0], encoding: names.join('+') } : null;
}
