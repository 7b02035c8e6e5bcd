/**
 * Names and ids come from uploaded files and are opened in spreadsheets. A text that begins with = + - @ tab or carriage
 * return is taken there for a formula; it gets an apostrophe before it, which a spreadsheet does not show. A text that
 * begins with apostrophes before such a character gets one more, so that taking one away always gives back the original.
 * Plain digits are never touched: an 18-digit id leaves as it came.
 */
export function guardFormula(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** What guardFormula was given. */
export function withoutGuard(text: string): string {
  return /^''*[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}
