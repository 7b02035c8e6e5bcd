/**
 * What a GeoPackage says of its coordinate system: a code and a text, which may contradict each other. The text's
 * parameters decide, as they do for a .prj; a code alone is heard where the text cannot be read (DOMAIN §3).
 */
import { refusedDatumOf, sameSystem, systemOf } from '../../domain/crs.ts';
import { AppError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { type CrsStatement, readPrj } from '../prj.ts';

interface Srs {
  organization: string | null;
  code: number | null;
  definition: string | null;
}

/** A row of gpkg_spatial_ref_sys → statement. Throws crs-conflict where code and text name two systems. */
export function readSrs(row: Record<string, unknown>, file: string, from: 'geopackage' | 'filegdb'): CrsStatement {
  // SQLite keeps any value in any column
  const { organization, organization_coordsys_id: id, definition } = row;
  const srs: Srs = {
    organization: typeof organization === 'string' ? organization : null,
    code: typeof id === 'number' ? id : null,
    definition: typeof definition === 'string' ? definition : null,
  };
  const text = byText(srs, from);
  const code = byCode(srs, from);
  if (!code || text === undefined) return text ?? code ?? { kind: 'none' };
  const sameSaid =
    text.kind === 'system' && code.kind === 'system'
      ? sameSystem(text.system, code.system)
      : text.kind === 'unstated-datum' || text.kind === code.kind || (text.kind === 'other' && !text.understood);
  if (!sameSaid) throw contradiction(srs, text, file);
  return text.kind === 'system' || text.kind === 'refused-datum' ? { ...text, ...codeOf(code) } : code;
}

const codeOf = (code: CrsStatement) => (code.kind === 'system' ? { epsg: code.epsg, system: code.system } : {});

function byText({ definition }: Srs, from: 'geopackage' | 'filegdb'): CrsStatement | undefined {
  if (!definition || /^\s*undefined\s*$/i.test(definition)) return undefined;
  const said = readPrj(Buffer.from(definition));
  return said.kind === 'none' ? undefined : said.kind === 'system' ? { ...said, from } : said;
}

function byCode({ organization, code: id }: Srs, from: 'geopackage' | 'filegdb') {
  if (organization?.toUpperCase() !== 'EPSG' || id === null) return undefined;
  const name = `EPSG:${id}`;
  const datum = refusedDatumOf(id);
  if (datum) return { kind: 'refused-datum', datum, name } satisfies CrsStatement;
  const system = systemOf(id);
  return system ? ({ kind: 'system', system, epsg: id, name, from } satisfies CrsStatement) : undefined;
}

function contradiction(srs: Srs, text: CrsStatement, file: string): AppError {
  const code = `EPSG:${srs.code}`;
  const name = printable('name' in text ? text.name : '?');
  return new AppError(
    'crs-conflict',
    {
      zh: `${file} 的坐标系代码是 ${code}，定义文本却是“${name}”，互相矛盾。请核对后重新定义坐标系并导出。`,
      en: `${file} gives its coordinate system the code ${code} but the definition "${name}"; they contradict. Define it again and export.`,
    },
    { file, candidates: [code] },
  );
}
