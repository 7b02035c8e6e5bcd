/** fields.html beside the shapefile: what the ten-byte names stand for, and which texts did not fit. */
import type { Sentence } from '../../errors.ts';
import type { DbfField } from './field-plan.ts';

export interface NotesInput {
  run_id: string;
  region_code: string;
  srid: number;
  encoding: string;
  count: number;
  only: 'flagged' | undefined;
  language: 'zh' | 'en';
}

export function fieldNotes(fields: readonly DbfField[], input: NotesInput): string {
  const say = (sentence: Sentence) => escapeHtml(sentence[input.language]);
  const facts: [Sentence, string][] = [
    [{ zh: '运行编号', en: 'Run' }, input.run_id],
    [{ zh: '行政区代码', en: 'Region' }, input.region_code],
    [{ zh: '坐标系', en: 'Coordinate system' }, `EPSG:${input.srid}`],
    [{ zh: '文字编码', en: 'Encoding' }, input.encoding],
    [{ zh: '地块数', en: 'Parcels' }, `${input.count}${input.only ? ' (only=flagged)' : ''}`],
  ];
  const rows = fields.map((field) => {
    const cut =
      field.cut === 0
        ? ''
        : say({ zh: `${field.cut} 个值超过 254 字节，已截短`, en: `${field.cut} values over 254 bytes were cut` });
    return `<tr><td>${escapeHtml(field.label)}</td><td>${say(field.title)}</td><td>${escapeHtml(field.of)}</td><td>${cut}</td></tr>`;
  });
  const heads: Sentence[] = [
    { zh: '字段名', en: 'Field' },
    { zh: '含义', en: 'Meaning' },
    { zh: '全名', en: 'Full name' },
    { zh: '备注', en: 'Note' },
  ];
  return `<!doctype html>
<html lang="${input.language}"><meta charset="utf-8"><title>verdicts.dbf</title>
<style>body{font:14px sans-serif;margin:2em}td,th{border:1px solid #999;padding:2px 8px;text-align:left}table{border-collapse:collapse;margin-top:1em}</style>
<table>${facts.map(([key, value]) => `<tr><th>${say(key)}</th><td>${escapeHtml(value)}</td></tr>`).join('\n')}</table>
<table><tr>${heads.map((head) => `<th>${say(head)}</th>`).join('')}</tr>
${rows.join('\n')}
</table></html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
