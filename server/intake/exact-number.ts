/**
 * When is a written number safe as a JavaScript number? (THREATS T8.) Identifiers of 16 to 19 digits are ordinary in
 * land data and come out of a double changed; they stay text, to the letter.
 */

/** Digits that carry value: leading zeros, sign, point and exponent aside. */
function significantDigits(letters: string): number {
  const mantissa = /^[+-]?0*([0-9]*\.?[0-9]*)/.exec(letters)?.[1] ?? '';
  const digits = mantissa.replace('.', '');
  return (mantissa.startsWith('.') ? digits.replace(/^0+/, '') : digits).length;
}

/**
 * True where the number gives the letters back: 15 significant digits always do; a fraction of more does where it is
 * the double written out (as QGIS writes 45641.234567890119778), with as many decimals or in shortest form.
 * Whole numbers of more than 15 digits are never safe. `letters` is trimmed and a plain decimal number.
 */
export function isExactNumber(letters: string): boolean {
  const value = Number(letters);
  if (!Number.isFinite(value)) return false;
  if (significantDigits(letters) <= 15) return true;
  const point = letters.indexOf('.');
  if (point < 0 || /[eE]/.test(letters)) return String(value) === letters && !Number.isInteger(value);
  if (Math.abs(value) >= Number.MAX_SAFE_INTEGER) return false;
  const decimals = letters.length - point - 1;
  const plain = letters
    .replace(/^\+/, '')
    .replace(/^(-?)0*(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.');
  return decimals <= 100 && (value.toFixed(decimals) === plain || String(value) === plain);
}
