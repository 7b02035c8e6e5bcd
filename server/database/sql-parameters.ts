/** A statement with `:name` parameters, as PostgreSQL wants it: `$1 … $n`, and the name behind each number. */
export interface BoundText {
  text: string;
  /** names[0] is $1; a name used twice has one number */
  names: string[];
}

/**
 * Whatever a colon must not be looked for in, first; then casts; then a parameter. Order matters: the first branch that fits wins.
 * An E'…' string may escape its quote with a backslash, an ordinary one only by doubling it. Nested block comments and
 * `array[1:2]` slices with a name right behind the colon are not written in this project; the latter would be read as a parameter.
 */
const token =
  /(--[^\n]*|\/\*[\s\S]*?\*\/|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\2\$|::|:=)|:([A-Za-z_]\w*)/g;

/** `select :a::int, ':b'` → `select $1::int, ':b'`, names [a]. */
export function numberParameters(sql: string): BoundText {
  const names: string[] = [];
  const text = sql.replace(
    token,
    (whole, _kept: string | undefined, _tag: string | undefined, name: string | undefined) => {
      if (name === undefined) return whole;
      const known = names.indexOf(name);
      return `$${known >= 0 ? known + 1 : names.push(name)}`;
    },
  );
  return { text, names };
}

/** The values in the order of the numbers. A missing or surplus name is a mistake in the program, so it throws a plain Error. */
export function orderValues(
  where: string,
  names: readonly string[],
  params: Readonly<Record<string, unknown>>,
): unknown[] {
  const missing = names.filter((name) => params[name] === undefined);
  const surplus = Object.keys(params).filter((name) => !names.includes(name));
  if (missing.length > 0 || surplus.length > 0) {
    throw new Error(
      `${where}: ${[
        missing.length > 0 ? `parameter missing: ${missing.join(', ')} (null must be said as null)` : '',
        surplus.length > 0 ? `no such parameter: ${surplus.join(', ')}` : '',
      ]
        .filter(Boolean)
        .join('; ')}`,
    );
  }
  return names.map((name) => {
    const value = params[name];
    return Array.isArray(value) ? arrayLiteral(value) : value;
  });
}

/**
 * A flat array of plain values as PostgreSQL reads it. The driver's own way quotes each element by two regular expressions, which was a
 * tenth of a run's time. Whatever is not plain (dates, bytes, arrays in arrays) is left to it.
 */
function arrayLiteral(values: readonly unknown[]): unknown {
  const parts: string[] = [];
  for (const value of values) {
    if (typeof value === 'number') parts.push(String(value));
    else if (value === null) parts.push('NULL');
    else if (typeof value === 'string') parts.push(bare.test(value) ? value : quoted(value));
    else if (typeof value === 'boolean') parts.push(value ? 't' : 'f');
    else return values;
  }
  return `{${parts.join()}}`;
}

/** Ids and digits; never `NULL`, which unquoted is none. */
const bare = /^(?!null$)[0-9a-z-]+$/;
/** Quotes and backslashes escaped, which of plain text JSON does alike and twice as fast. */
const quoted = (text: string) => (notPlain.test(text) ? `"${text.replace(/[\\"]/g, '\\$&')}"` : JSON.stringify(text));
/** what JSON writes otherwise: control characters, and halves of pairs that stand alone (any pair, to be quick) */
const notPlain = /[\u0000-\u001f\ud800-\udfff]/;

/** The same text with everything a semicolon may hide in taken out: what is left shows how many statements there are. */
export function countStatements(sql: string): number {
  const bare = sql.replace(token, (whole, kept: string | undefined) =>
    kept === undefined ? whole : kept.startsWith('--') || kept.startsWith('/*') ? ' ' : 'x',
  );
  return bare.split(';').filter((part) => part.trim() !== '').length;
}
