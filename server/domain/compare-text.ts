/** Order by code point, as `collate "C"` has it in a UTF-8 database; JavaScript compares UTF-16 units, which differ beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
