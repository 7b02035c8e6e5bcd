import { expect, it } from 'vitest';
import { isExactNumber } from '../../server/intake/exact-number.ts';
import { seeded } from '../support/seeded.ts';

it('15 significant digits are safe, identifiers of more are not', () => {
  for (const letters of [
    '0',
    '-1',
    '123456789012345',
    '0.000000000000000000001',
    '00000000000000000012',
    '1.5e3',
    '4.56412345678e+003',
    '-.5',
    '1.000000000000000000',
  ])
    expect([letters, isExactNumber(letters)]).toEqual([letters, true]);
  for (const letters of [
    '1234567890123456',
    '500242123456789012',
    '5002421234567890123',
    '123456789012345.12345',
    '1e999',
    '12345678901234567e2',
  ])
    expect([letters, isExactNumber(letters)]).toEqual([letters, false]);
});
it('doubles written out are safe, with 15 decimals or in shortest form', () => {
  const random = seeded(3);
  for (let i = 0; i < 2000; i++) {
    const value = (random() - 0.5) * 10 ** Math.floor(random() * 9);
    expect(isExactNumber(value.toFixed(15))).toBe(true);
    expect(isExactNumber(String(value))).toBe(true);
  }
});
