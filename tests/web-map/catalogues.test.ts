import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { outcomes, verdicts } from '../../server/domain/outcome.ts';
import { layerTypes } from '../../server/layers/index.ts';
import { en } from '../../web-map/src/i18n/en.ts';
import { createMessages, textIn } from '../../web-map/src/i18n/index.ts';
import { zhCN } from '../../web-map/src/i18n/zh-CN.ts';
import { looks } from '../../web-map/src/layers/index.ts';

const source = join(import.meta.dirname, '../../web-map/src');

function flat(catalogue: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) found.set(inner, text);
  }
  return found;
}
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
const [chinese, english] = [flat(zhCN), flat(en)];

describe('the texts of the page', () => {
  test('Chinese and English have the same keys and the same places to fill', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of chinese) expect(placeholders(english.get(key)!), key).toEqual(placeholders(text));
  });

  test('every Chinese text holds Chinese, and no English text does', () => {
    for (const [key, text] of chinese) {
      if (!key.startsWith('unit.') && /[\p{L}]/u.test(text.replace(/\{\w+\}/g, '')))
        expect(text, key).toMatch(/\p{sc=Han}/u);
    }
    for (const [key, text] of english) expect(text, key).not.toMatch(/\p{sc=Han}/u);
  });

  test('every key is used somewhere in the page, and every key used exists', () => {
    const code = globSync('**/*.{ts,vue}', { cwd: source })
      .filter((file) => !file.startsWith('i18n'))
      .map((file) => readFileSync(join(source, file), 'utf8'))
      .join('\n');
    const asked = new Set([...code.matchAll(/[`'"]([a-zA-Z]+\.[a-zA-Z_.]+?)[`'"]/g)].map((match) => match[1]!));
    // composed keys: the part before ${…}, and the `finding.` rows that are added by their last part
    const starts = [...code.matchAll(/`([a-zA-Z]+\.(?:[a-zA-Z]+\.)*)\$\{/g)].map((match) => match[1]!);
    const words = [...code.matchAll(/word\('([a-zA-Z.]+)'/g)].map((match) => `${match[1]}.`);
    const rows = new Set([...code.matchAll(/\badd\(\s*'(\w+)'/g)].map((match) => `finding.${match[1]}`));
    const used = (key: string) =>
      asked.has(key) || rows.has(key) || [...starts, ...words].some((s) => key.startsWith(s) && s !== 'finding.');
    expect([...chinese.keys()].filter((key) => !used(key))).toEqual([]);
    const roots = new Set(Object.keys(zhCN));
    const texts = [...asked].filter((key) => roots.has(key.split('.')[0]!) && code.includes(`t('${key}'`));
    expect(texts.filter((key) => !chinese.has(key))).toEqual([]);
  });

  test('every verdict and outcome has a word, and a flag reads 疑似', () => {
    for (const verdict of verdicts) expect(zhCN.verdict[verdict]).toBeTruthy();
    for (const outcome of outcomes) expect(zhCN.outcome[outcome]).toBeTruthy();
    expect(zhCN.verdict.non_compliant).toContain('疑似');
    expect(zhCN.outcome.fail).toContain('疑似');
    expect(zhCN.panel.sentence.non_compliant).toMatch(/^疑似.*待人工确认。$/);
  });

  test('values that look like messages stay values', () => {
    const { t } = createMessages('zh-CN').global;
    const nasty = '@:app.title {n} | <b>x</b>';
    expect(t('panel.parcel', { id: nasty })).toBe(`地块 ${nasty}`);
  });

  test('texts of the registry come in the language of the page', () => {
    expect(textIn('zh-CN', { zh: '红线', en: 'red line' })).toBe('红线');
    expect(textIn('en', { zh: '红线', en: 'red line' })).toBe('red line');
    expect(textIn('en', '第八条')).toBe('第八条');
  });
});

describe('the looks of layers', () => {
  test('each belongs to a layer type of the registry and stands in the file of its name', () => {
    const polygons = layerTypes.filter((type) => type.kind === 'polygon').map((type) => type.id);
    expect(looks.map((look) => look.type).sort()).toEqual([...polygons].sort());
    const files = globSync('layers/*.ts', { cwd: source }).map((file) => basename(file, '.ts'));
    for (const look of looks) expect(files).toContain(look.type);
  });

  test('no two lie at the same height', () => {
    expect(new Set(looks.map((look) => look.height)).size).toBe(looks.length);
  });
});
