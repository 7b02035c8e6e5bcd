/** Project registers: workbooks and CSV (T1–T3, T5, T6, T14). */
import { makeZip } from '../../intake/make-zip.ts';
import { csv, heads, project, type Row, xlsx } from '../../intake-receive/register-files.ts';
import { type Add, atOnce, cuts, type Expected, group, load, refuse } from '../case.ts';
import { zipped } from '../shapes.ts';

const code = (n: number) => `5002422021${String(n).padStart(4, '0')}`;
const plain = (n: number, more: Partial<Record<string, Row[number]>> = {}) => project(code(n), more);
const rows = (...more: Partial<Record<string, Row[number]>>[]) => [
  plain(1),
  ...more.map((one, i) => plain(i + 2, one)),
];
const file = '登记.csv';
const book = '登记.xlsx';
const two = load(2);
const workbook = await xlsx(rows({}));
const fault = (field: string, row = 3) => refuse(['validation', 'attribute-missing'], { row, field });

export const registers = group('register', { to: 'register', file, fields: {} }, (add) => {
  texts(add);
  workbooks(add);
  values(add);
});

function texts(add: Add): void {
  add('an empty file', Buffer.alloc(0), atOnce('validation', { field: 'file' }));
  add('line ends alone', '\r\n\r\n\r\n', refuse(['attribute-missing', 'validation'], { file }));
  add('a heading alone', csv([]), refuse('attribute-missing', { file }));
  add('no heading', csv([], 'utf8', ['a', 'b']), refuse('attribute-missing', { file }));
  add('a letter to somebody', '会议纪要\n下周三前报送。\n', refuse('attribute-missing', { file }));
  add(
    'a column missing',
    csv([plain(1).slice(0, -1)], 'utf8', heads.slice(0, -1)),
    refuse('attribute-missing', { file, row: 1, field: '状态' }),
  );
  add(
    'a heading twice',
    csv([[...plain(1), 'x']], 'utf8', [...heads, '备案编号']),
    refuse('validation', { file, row: 1, field: '备案编号' }),
  );
  add(
    'no unit',
    csv(
      rows({}),
      'utf8',
      heads.map((head) => head.replace('（公顷）', '')),
    ),
    refuse('validation', { file, row: 1 }),
  );
  add('a quote that never ends', `${csv(rows({})).toString()}"x,`, refuse('validation', { file, row: 4 }));
  add('NUL within', `${csv(rows({})).toString()}\0`, refuse('format-unsupported', { file }));
  add('GBK', csv(rows({}), 'gbk'), two);
  add(
    'GBK with a damaged letter',
    Buffer.concat([csv(rows({}), 'gbk'), Buffer.from([0xff, 0xff])]),
    refuse('encoding-undetermined', { file }),
  );
  add('a person says UTF-8 of GBK', csv(rows({}), 'gbk'), refuse('encoding-undetermined', { file }), {
    fields: { encoding: 'UTF-8' },
  });
  add('a person says an encoding that is not', csv(rows({})), atOnce('validation', { field: 'encoding' }), {
    fields: { encoding: 'klingon' },
  });
  add('a mark of UTF-8', `\uFEFF${csv(rows({})).toString()}`, two);
  add('UTF-16', Buffer.from(`\uFEFF${csv(rows({})).toString()}`, 'utf16le'), two);
  add('tabs between', csv(rows({})).toString().replaceAll(',', '\t'), two);
  add('semicolons between', csv(rows({})).toString().replaceAll(',', ';'), two);
  add('line ends of old Macs', csv(rows({})).toString().replaceAll('\r\n', '\r'), two);
  add('a title and blank lines above', `2021年补充耕地项目\n\n${csv(rows({})).toString()}`, two);
  add(
    '10,001 projects',
    csv(Array.from({ length: 10_001 }, (_, n) => plain(n + 1))),
    refuse('too-many-features', { file }),
  );
  add(
    '300 columns',
    csv([[...plain(1), ...Array.from({ length: 300 }, (_, i) => `v${i}`)]], 'utf8', [
      ...heads,
      ...Array.from({ length: 300 }, (_, i) => `c${i}`),
    ]),
    load(1),
  );
  add('a cell of a megabyte', csv(rows({ 项目名称: '长'.repeat(400_000) })), refuse('validation', { row: 3, file }));
  add('a shapefile', zipped(), refuse('format-unsupported', { file }));
  add('PDF', '%PDF-1.7', refuse('format-unsupported', { file }));
  add(
    'an old workbook',
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    refuse('format-unsupported', { file }),
  );
  add(
    'a web page that is called a workbook',
    '<html><table><tr><td>备案编号</td></tr></table></html>',
    refuse('format-unsupported'),
    { file: '登记.xls' },
  );
}

/** a workbook whose sheet is this XML */
function sheetOf(sheet: string, workbookXml?: string): Buffer {
  const part = (name: string, data: string) => ({ name, data: Buffer.from(data) });
  const rel = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;
  const rels = (inside: string) =>
    `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inside}</Relationships>`;
  return makeZip([
    part(
      '[Content_Types].xml',
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    ),
    part('_rels/.rels', rels(rel('rId1', 'officeDocument', 'xl/workbook.xml'))),
    part(
      'xl/workbook.xml',
      workbookXml ??
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    part('xl/_rels/workbook.xml.rels', rels(rel('rId1', 'worksheet', 'worksheets/sheet1.xml'))),
    part('xl/worksheets/sheet1.xml', `<?xml version="1.0"?>${sheet}`),
  ]);
}
const cells = (row: Row, n: number) =>
  `<row r="${n}">${row.map((value, i) => `<c r="${String.fromCharCode(65 + i)}${n}" t="inlineStr"><is><t>${value ?? ''}</t></is></c>`).join('')}</row>`;
const sheetXml = (more = '', before = '') =>
  `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${before}<sheetData>${cells(heads, 1)}${cells(plain(1), 2)}${more}</sheetData></worksheet>`;

function workbooks(add: Add): void {
  const sent = (
    odd: string,
    data: Buffer | (() => Buffer | Promise<Buffer>),
    expected: Expected,
    fields: Record<string, string> = {},
  ) => add(odd, data, expected, { file: book, fields });
  for (const at of cuts(workbook.length))
    sent(
      `a workbook cut after ${at} of ${workbook.length} bytes`,
      workbook.subarray(0, at),
      refuse(at === 1 ? ['attribute-missing', 'not-a-zip', 'encoding-undetermined'] : 'not-a-zip', { file: book }),
    );
  sent('a workbook as it should be', workbook, two);
  sent('the fewest parts that a workbook has', sheetOf(sheetXml()), load(1));
  sent(
    'a zip of texts',
    makeZip([{ name: 'a.txt', data: Buffer.from('x') }]),
    refuse('format-unsupported', { file: book }),
  );
  sent(
    'a workbook that is no XML',
    sheetOf('<worksheet><sheetData>'),
    refuse(['not-a-zip', 'attribute-missing', 'validation'], { file: book }),
  );
  sent(
    'a workbook of entities',
    sheetOf(
      `<!DOCTYPE x [${'abcdefghi'
        .split('')
        .map((n, i) => `<!ENTITY ${n} "${i ? `&${'abcdefghi'[i - 1]};`.repeat(10) : 'ha'}">`)
        .join('')}]>${sheetXml(cells(['&i;'], 3))}`,
    ),
    refuse(['not-a-zip', 'validation', 'attribute-missing']),
  );
  sent(
    'a workbook of an entity of a file',
    sheetOf(`<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${sheetXml(cells(['&f;'], 3))}`),
    refuse(['not-a-zip', 'validation', 'attribute-missing']),
  );
  sent(
    'a sheet that says it reaches to the last cell there is',
    sheetOf(sheetXml('', '<dimension ref="A1:XFD1048576"/>')),
    load(1),
  );
  sent('a cell in the last row there is', sheetOf(sheetXml(cells(plain(2), 1_048_576))), two);
  sent(
    'a row numbered two thousand million',
    sheetOf(sheetXml(cells(plain(2), 2_000_000_000))),
    refuse('not-a-zip', { file: book }),
  );
  sent(
    'a cell in the last column there is',
    sheetOf(sheetXml(`<row r="3"><c r="XFD3" t="inlineStr"><is><t>x</t></is></c></row>`)),
    load(1),
  );
  sent(
    'merges over whole columns',
    sheetOf(
      sheetXml().replace(
        '</sheetData>',
        '</sheetData><mergeCells count="1"><mergeCell ref="N1:XFD1048576"/></mergeCells>',
      ),
    ),
    load(1),
  );
  sent(
    'validations over all cells',
    sheetOf(
      sheetXml().replace(
        '</sheetData>',
        '</sheetData><dataValidations count="1"><dataValidation type="list" sqref="A1:XFD1048576"><formula1>"a,b"</formula1></dataValidation></dataValidations>',
      ),
    ),
    load(1),
  );
  sent(
    'cells without their letters',
    sheetOf(sheetXml('<row><c t="inlineStr"><is><t>x</t></is></c></row>')),
    refuse(['not-a-zip', 'validation', 'attribute-missing']),
  );
  sent(
    'a shared text that is not there',
    sheetOf(sheetXml('<row r="3"><c r="A3" t="s"><v>999</v></c></row>')),
    refuse(['not-a-zip', 'validation', 'attribute-missing']),
  );
  sent(
    'a sheet of 70 MB',
    () => sheetOf(sheetXml().replace('</sheetData>', `</sheetData>${' '.repeat(70 * 1024 * 1024)}`)),
    refuse(['too-large', 'zip-unsafe'], { file: book }),
  );
  sent(
    '500,000 empty rows',
    () => sheetOf(sheetXml(Array.from({ length: 500_000 }, (_, i) => `<row r="${i + 3}"/>`).join(''))),
    load(1),
  );
  sent(
    '20,000 rows',
    () =>
      sheetOf(
        sheetXml(
          Array.from({ length: 20_000 }, (_, i) => `<row r="${i + 3}"><c r="A${i + 3}"><v>${i}</v></c></row>`).join(''),
        ),
      ),
    refuse('too-many-features', { file: book }),
  );
  sent(
    'an archive in it',
    makeZip([
      { name: 'xl/workbook.xml', data: Buffer.from('<x/>') },
      { name: 'a.zip', data: workbook },
    ]),
    refuse('zip-unsafe', { file: book }),
  );
  sent(
    'a slip in it',
    makeZip([
      { name: 'xl/workbook.xml', data: Buffer.from('<x/>') },
      { name: '../../evil.xml', data: Buffer.from('x') },
    ]),
    refuse('zip-unsafe', { file: book }),
  );
  sent(
    'a password',
    Buffer.concat([
      Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ]),
    refuse('zip-encrypted', { file: book }),
  );
  sent('a sheet asked for that is not there', workbook, refuse('validation', { field: 'sublayer' }), {
    sublayer: `'; drop table project; --`,
  });
  sent('the heading in the third row', () => xlsx([heads, ...rows({})], ['2021年'], '登记'), two);
}

function values(add: Add): void {
  const faulty = (what: string, more: Partial<Record<string, Row[number]>>, field: string) =>
    add(what, csv(rows(more)), fault(field));
  faulty('a code twice', { 备案编号: code(1) }, '备案编号');
  faulty('no code', { 备案编号: null }, '备案编号');
  faulty('a code that a spreadsheet shortened', { 备案编号: '5.00242E+13' }, '备案编号');
  faulty('a status that is none', { 状态: '也许' }, '状态');
  faulty('a date that is none', { 立项日期: '2021-13-45' }, '立项日期');
  faulty('the serial of a date', { 验收日期: '44197' }, '验收日期');
  faulty('accepted before it began', { 验收日期: '2018-01-01' }, '验收日期');
  faulty('a negative area', { '数量（公顷）': '-1' }, '数量（公顷）');
  faulty('an area in words', { '数量（公顷）': '十二' }, '数量（公顷）');
  faulty('an area of 1e300', { '数量（公顷）': '1e300' }, '数量（公顷）');
  faulty('an area of NaN', { '数量（公顷）': 'NaN' }, '数量（公顷）');
  faulty('an area of infinity', { '数量（公顷）': '1e999' }, '数量（公顷）');
  faulty('more paddy than area', { '其中水田（公顷）': '99' }, '其中水田（公顷）');
  faulty('certified without a certificate', { 合格证编号: null }, '合格证编号');
  add('control characters in a name', csv(rows({ 项目名称: 'a\x01b' })), refuse('validation', { row: 3, file }));
  add(
    'two hundred faults',
    csv(Array.from({ length: 200 }, (_, n) => plain(n + 1, { 状态: '?' }))),
    refuse('validation', { row: 2, rows: [2, 3, 4] }),
  );
  add(
    'SQL, HTML and formulas',
    csv(
      rows({
        项目名称: `'; drop table project; --`,
        立项文号: '<script>alert(1)</script>',
        验收文号: `=cmd|' /C calc'!A0`,
      }),
    ),
    two,
  );
  add('names of every object', csv(rows({ 项目名称: '__proto__', 乡镇: 'constructor' })), two);
  add(
    'a code that is no code',
    csv(rows({ 备案编号: '../../etc/passwd' })),
    load(2, { told: ['project-code-unusual'] }),
  );
  add(
    'a code of another county',
    csv([plain(1), project('51000020210001')]),
    load(2, { told: ['project-code-elsewhere'] }),
  );
  add(
    'a line of totals',
    csv([...rows({}), ['合计', null, null, null, null, null, null, null, '25']]),
    load(2, { told: ['total-skipped'] }),
  );
  add(
    'a line of totals that is wrong',
    csv([...rows({}), ['合计', null, null, null, null, null, null, null, '99']]),
    load(2, { told: ['total-differs'] }),
  );
}
