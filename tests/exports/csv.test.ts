import { describe, expect, it } from 'vitest';
import { checkIds } from '../../server/domain/outcome.ts';
import { csv } from '../../server/exports/csv.ts';
import { guardFormula, withoutGuard } from '../../server/exports/text-guard.ts';
import { bytesOf, exportInput, makeRows, nasty } from './fixtures.ts';
import { parseCsv } from './readers.ts';

const rows = makeRows();
const text = (await bytesOf(csv.write(exportInput(rows)))).toString('utf8');
const [header = [], ...lines] = parseCsv(text);

describe('the csv export', () => {
  it('is UTF-8 with BOM and CRLF, with the columns of the contract in their order', () => {
    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    // the one line feed within a value is the only one without a carriage return
    expect(text.split('\n').length - text.split('\r\n').length).toBe(text.split(nasty.newline).length - 1);
    expect(header).toEqual([
      ...['parcel_id', 'project_code', 'project_name', 'township', 'declared_area_m2', 'area_m2', 'verdict'],
      ...['deduct_area_m2', 'restore_area_m2', 'remediate_area_m2', 'kept_area_m2'],
      ...checkIds.flatMap((id) => [`${id}.outcome`, `${id}.area_m2`]),
    ]);
  });

  it('has one line a parcel in upload order, every number with all its digits', () => {
    expect(lines).toHaveLength(rows.length);
    for (const [i, line] of lines.entries()) {
      const row = rows[i]!;
      const field = (name: string) => line[header.indexOf(name)]!;
      expect(Number(field('area_m2'))).toBe(row.area_m2);
      expect(Number(field('kept_area_m2'))).toBe(row.kept_area_m2);
      expect(field('declared_area_m2')).toBe(row.declared_area_m2 === null ? '' : String(row.declared_area_m2));
      expect(field('verdict')).toBe(row.verdict);
      for (const id of checkIds) {
        expect(field(`${id}.outcome`)).toBe(row.checks[id].outcome);
        expect(field(`${id}.area_m2`)).toBe(row.checks[id].area_m2 === undefined ? '' : String(row.checks[id].area_m2));
      }
    }
    expect(text).not.toMatch(/,-?\d+(\.\d+)?e[+-]?\d/i);
  });

  it('keeps 19-digit ids to the letter, in quotes', () => {
    expect(text).toContain('\r\n"5002422021000100007",');
  });

  it('writes no cell that a spreadsheet would run, and every text comes back', () => {
    for (const [i, line] of lines.entries()) {
      for (const cell of line) expect(cell).not.toMatch(/^[=+@\t\r]|^-(?![\d.]+$)/);
      expect(withoutGuard(line[0]!)).toBe(rows[i]!.parcel_id);
      expect(withoutGuard(line[2]!)).toBe(rows[i]!.project_name ?? '');
      expect(withoutGuard(line[3]!)).toBe(rows[i]!.township ?? '');
    }
    expect(lines.some((line) => line[0] === "'=1+1")).toBe(true);
  });

  it('leaves out compliant parcels when only flagged ones are asked for', async () => {
    const flagged = parseCsv((await bytesOf(csv.write(exportInput(rows, { only: 'flagged' })))).toString());
    expect(flagged.slice(1).map((line) => withoutGuard(line[0]!))).toEqual(
      rows.filter((row) => row.verdict !== 'compliant').map((row) => row.parcel_id),
    );
  });

  it('writes a number too small for a plain decimal without an exponent', async () => {
    const odd = [{ ...rows[0]!, kept_area_m2: 1.8189894035458565e-12 }];
    expect((await bytesOf(csv.write(exportInput(odd)))).toString()).toContain(',0.0000000000018189894035458565,');
  });
});

describe('the guard against formulas', () => {
  it('is undone by taking one apostrophe away, and leaves other texts alone', () => {
    for (const value of [...Object.values(nasty), "''=x", "'plain", '5002422021000100007', '', '普通', '-', "'"]) {
      expect(withoutGuard(guardFormula(value))).toBe(value);
      expect(guardFormula(value)).not.toMatch(/^[=+\-@\t\r]/);
    }
    expect(guardFormula("'plain")).toBe("'plain");
    expect(guardFormula('5002422021000100007')).toBe('5002422021000100007');
  });
});
