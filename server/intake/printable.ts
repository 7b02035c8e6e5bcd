/** A name or value out of a foreign file, safe inside a sentence: no controls, no direction marks, not endless. */
export function printable(text: string, longest = 80): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?').trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
