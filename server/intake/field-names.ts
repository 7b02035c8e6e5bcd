/** Column names out of foreign files: told apart, never empty, never a name that an object takes for its prototype. */
import type { Where } from '../errors.ts';
import type { WarningTally } from './warnings.ts';

/** A name safe to be a key; `used` grows by it. A changed name is a warning. */
export function safeFieldName(
  raw: string,
  number: number,
  used: Set<string>,
  where: Where,
  warnings: WarningTally,
): string {
  const clean = raw.replace(/[\p{Cc}\uFFFD]/gu, '').trim();
  const wanted = clean === '' ? `FIELD_${number}` : clean === '__proto__' ? 'proto__' : clean;
  let name = wanted;
  for (let n = 2; used.has(name); n++) name = `${wanted}_${n}`;
  used.add(name);
  if (name !== raw.trim()) {
    warnings.add('field-renamed', name, { ...where, field: name }, () => ({
      zh: `第 ${number} 个字段的名称为空、重复或含无效字符，改称 ${name}。`,
      en: `The name of field ${number} is empty, repeated or has invalid characters; it is called ${name} here.`,
    }));
  }
  return name;
}
