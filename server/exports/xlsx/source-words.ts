/** What a form asks for and no column of ours holds, where the source brought it along under a known name. */

/** Attribute names in order of preference; upper or lower case. */
const aliases = {
  village: ['CUN', 'CMC', '村', '村名', '村名称', 'ZLDWMC', '坐落单位名称', '座落单位名称'],
  acceptance: ['YSWH', 'YSPFWH', '验收文号', '验收批复文号'],
} as const;

export function wordOf(word: keyof typeof aliases, attributes: Record<string, unknown>): string | null {
  for (const name of aliases[word]) {
    const value = attributes[name] ?? attributes[name.toLowerCase()];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (text !== '') return text;
  }
  return null;
}
