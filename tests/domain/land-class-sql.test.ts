import { expect, it } from 'vitest';
import { groupOf } from '../../server/domain/land-class.ts';
import { codeSystems, landCodes } from '../../server/domain/land-codes.ts';
import { eachDatabase } from '../support/databases.ts';

eachDatabase('land classes in SQL', (open) => {
  it('fall into the same groups as in the program, for every code of every system in every system', async () => {
    const { pool } = await open();
    const listed = codeSystems.flatMap((system) => [...landCodes[system].keys()]);
    const odd = ['', ' ', ' 0103 ', '05h1', '0201k', '060201', '070102', '1208', '9999', 'X', '1'];
    // every four-digit code as well: a rule for a prefix must not differ beside the listed ones
    const dense = Array.from({ length: 2500 }, (_, i) => String(i).padStart(4, '0'));
    const codes = [...new Set([...listed, ...odd, ...dense])];
    for (const system of codeSystems) {
      const { rows } = await pool.query<{ code: string; found: string | null }>(
        'select code, land_class_group(code, $2) as found from unnest($1::text[]) as code',
        [codes, system],
      );
      expect(rows.filter((row) => row.found !== groupOf(row.code, system))).toEqual([]);
    }
    const { rows } = await pool.query('select land_class_group(null, $1) as found', ['td3']);
    expect(rows).toEqual([{ found: null }]);
  });
});
