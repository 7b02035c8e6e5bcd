/**
 * Files that are something else: named by their content and refused with what to do instead (THREATS T5).
 * `format-unsupported` where the format is known, `not-a-zip` or `geojson-invalid` for what is nothing known.
 */
import { AppError, type Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';
import { noHead } from './corner-problems.ts';

const shapefileAdvice: Sentence = {
  zh: '请导出为 shapefile，把同名的 .shp、.shx、.dbf、.prj 打成一个 zip 后上传；或导出为 GeoPackage 或 GeoJSON。',
  en: 'Export it as a shapefile and zip the .shp, .shx, .dbf and .prj of one name, or export it as GeoPackage or GeoJSON.',
};
const repackAdvice: Sentence = { zh: '请解压后重新打成 zip 再上传。', en: 'Unpack it and make it a zip.' };
const rasterAdvice: Sentence = {
  zh: '这是栅格，请作为坡度（slope）或高程（dem）图层上传。',
  en: 'This is a raster: upload it as a slope or dem layer.',
};
const workbookAdvice: Sentence = {
  zh: '界址点坐标表请另存为 .xlsx（不设打开密码）或 CSV 后上传；图形请导出为 shapefile。',
  en: 'Save a table of boundary points as .xlsx (without a password) or CSV; export shapes as a shapefile.',
};
const takeOut = (what: string): Sentence => ({
  zh: `请把 ${what} 文件从压缩包中取出，直接上传。`,
  en: `Take the ${what} out of the archive and upload it itself.`,
});
const rasterInZip: Sentence = {
  zh: `栅格不要打包：${takeOut('.tif').zh}图层类型选坡度（slope）或高程（dem）。`,
  en: `Rasters are not zipped: ${takeOut('.tif').en} Its type is slope or dem.`,
};
const zipAdvice: Sentence = {
  zh: '单个文件不含全部内容，请把同名的 .shp、.shx、.dbf、.prj 一起打成 zip 后上传。',
  en: 'One file alone is not the whole layer: zip the .shp, .shx, .dbf and .prj of one name together.',
};

interface Signature {
  name: Sentence;
  advice: Sentence;
  is: (head: Buffer, text: string) => boolean;
}
const starts =
  (...bytes: number[]) =>
  (head: Buffer) =>
    bytes.every((byte, i) => head[i] === byte);
const word =
  (letters: string, at = 0) =>
  (head: Buffer) =>
    head.subarray(at, at + letters.length).toString('latin1') === letters;
const both = (zh: string, en = zh): Sentence => ({ zh, en });

const signatures: Signature[] = [
  { name: both('RAR 压缩包', 'a RAR archive'), advice: repackAdvice, is: word('Rar!\x1a\x07') },
  { name: both('7z 压缩包', 'a 7z archive'), advice: repackAdvice, is: starts(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c) },
  { name: both('gzip（.gz、.tgz）压缩包', 'a gzip archive (.gz, .tgz)'), advice: repackAdvice, is: starts(0x1f, 0x8b) },
  { name: both('bzip2 压缩包', 'a bzip2 archive'), advice: repackAdvice, is: word('BZh') },
  { name: both('xz 压缩包', 'an xz archive'), advice: repackAdvice, is: starts(0xfd, 0x37, 0x7a, 0x58, 0x5a) },
  { name: both('Zstandard 压缩包', 'a Zstandard archive'), advice: repackAdvice, is: starts(0x28, 0xb5, 0x2f, 0xfd) },
  { name: both('tar 包', 'a tar archive'), advice: repackAdvice, is: word('ustar', 257) },
  { name: both('自解压程序', 'a self-extracting program'), advice: repackAdvice, is: word('MZ') },
  { name: both('单独的 .shp 或 .shx 文件', 'a bare .shp or .shx'), advice: zipAdvice, is: starts(0, 0, 0x27, 0x0a) },
  {
    name: both('Access 数据库（.mdb）', 'an Access database (.mdb)'),
    advice: shapefileAdvice,
    is: (head) => /^Standard (Jet|ACE) DB/.test(head.subarray(4, 20).toString('latin1')),
  },
  {
    name: both('旧版 Office 文件（.xls、.doc）', 'an old Office file (.xls, .doc)'),
    advice: workbookAdvice,
    is: starts(0xd0, 0xcf, 0x11, 0xe0),
  },
  { name: both('FlatGeobuf', 'FlatGeobuf'), advice: shapefileAdvice, is: word('fgb\x03') },
  { name: both('PDF', 'a PDF'), advice: shapefileAdvice, is: word('%PDF') },
  { name: both('DWG 图纸', 'a DWG drawing'), advice: shapefileAdvice, is: word('AC10') },
  {
    name: both('GeoTIFF 栅格', 'a GeoTIFF raster'),
    advice: rasterAdvice,
    is: (head) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((w) => word(w)(head)),
  },
  {
    name: both('图片', 'a picture'),
    advice: shapefileAdvice,
    is: (head) => starts(0xff, 0xd8, 0xff)(head) || starts(0x89, 0x50, 0x4e, 0x47)(head),
  },
  {
    name: both('奥维文件（.ovkml）', 'an Ovital file (.ovkml)'),
    advice: shapefileAdvice,
    is: (_, text) => text.startsWith('<') && /ovital|ovkml/i.test(text),
  },
  { name: both('GML', 'GML'), advice: shapefileAdvice, is: (_, text) => text.startsWith('<') && /gml/i.test(text) },
  {
    name: both(
      '网页（下载时可能得到的是登录页或报错页）',
      'a web page (perhaps a login or error page instead of the file)',
    ),
    advice: shapefileAdvice,
    is: (_, text) => /^<(!doctype html|html)/i.test(text),
  },
  { name: both('XML', 'XML'), advice: shapefileAdvice, is: (_, text) => text.startsWith('<?xml') },
  {
    name: both('VCT 交换文件', 'a VCT exchange file'),
    advice: shapefileAdvice,
    is: (_, text) => /^(HeadBegin|DataMark\s*:)/i.test(text),
  },
  {
    name: both('MapInfo MIF', 'MapInfo MIF'),
    advice: shapefileAdvice,
    is: (_, text) => /^version\s+\d{3}\b/i.test(text),
  },
  {
    name: both('DXF 图纸', 'a DXF drawing'),
    advice: shapefileAdvice,
    is: (_, text) => /^(999|\s*0\s*\r?\n\s*SECTION)/.test(text),
  },
  {
    name: both('单独的 .dbf 表', 'a bare .dbf'),
    advice: zipAdvice,
    is: (head) =>
      [0x03, 0x83, 0xf5, 0x30].includes(head[0] ?? 0) &&
      (head[2] ?? 0) <= 12 &&
      (head[3] ?? 0) <= 31 &&
      head.length > 65 &&
      head.readUInt16LE(8) % 32 <= 8,
  },
];

/** Why this file, which no format took, is refused. */
export function foreignFile(head: Buffer, fileName: string): AppError {
  const file = printable(fileName);
  const text = leadingText(head);
  const found = signatures.find(({ is }) => is(head, text));
  if (found) return unsupported(file, found.name, found.advice ?? shapefileAdvice);
  if (/\.csv$/i.test(fileName) && text !== '') return noHead(file, []);
  const sentence = {
    zh: `${file} 既不是 zip 压缩包，也不是 GeoJSON、界址点 TXT 或坐标表（文件为空或内容无法识别）。`,
    en: `${file} is neither a zip archive nor GeoJSON nor a boundary-point TXT or table (empty, or of unknown content).`,
  };
  const detail = { zh: `${sentence.zh}${shapefileAdvice.zh}`, en: `${sentence.en} ${shapefileAdvice.en}` };
  const code = /\.(geo)?json$/i.test(fileName)
    ? 'geojson-invalid'
    : /\.txt$/i.test(fileName)
      ? 'txt-invalid'
      : 'not-a-zip';
  return new AppError(code, detail, { file });
}

function leadingText(head: Buffer): string {
  const start = head.subarray(0, 4096);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(start, { stream: true }).trimStart();
    } catch {
      // not this encoding
    }
  }
  return '';
}

function unsupported(file: string, name: Sentence, advice: Sentence): AppError {
  return new AppError(
    'format-unsupported',
    {
      zh: `${file} 是${name.zh}，不能直接读取。${advice.zh}`,
      en: `${file} is ${name.en}, which is not read here. ${advice.en}`,
    },
    { file },
  );
}

const insideZip: { name: Sentence; holds: RegExp; advice?: Sentence }[] = [
  {
    name: both('二进制工作簿（.xlsb）', 'a binary workbook (.xlsb)'),
    holds: /^xl\/workbook\.bin$/,
    advice: workbookAdvice,
  },
  { name: both('Word 文档（.docx）', 'a Word document (.docx)'), holds: /^word\/document\.xml$/ },
  {
    name: both('OpenDocument 文档（.ods、.odt）', 'an OpenDocument file (.ods, .odt)'),
    holds: /^content\.xml$/,
    advice: workbookAdvice,
  },
  { name: both('KMZ', 'KMZ'), holds: /\.(kmz|ovkmz)$/i, advice: takeOut('.kmz') },
  { name: both('Access 数据库（.mdb）', 'an Access database (.mdb)'), holds: /\.(mdb|accdb)$/i },
  { name: both('DWG/DXF 图纸', 'a DWG or DXF drawing'), holds: /\.(dwg|dxf)$/i },
  { name: both('MapInfo 文件', 'a MapInfo file'), holds: /\.(tab|mif)$/i },
  { name: both('GeoTIFF 栅格', 'a GeoTIFF raster'), holds: /\.tiff?$/i, advice: rasterInZip },
];

/** An archive of another program's files, none of which is read here. */
export function foreignInside(names: readonly string[], fileName: string): AppError | undefined {
  const found = insideZip.find(({ holds }) => names.some((name) => holds.test(name)));
  return found && unsupported(printable(fileName), found.name, found.advice ?? shapefileAdvice);
}

/** Why an archive without any .shp is refused. */
export function foreignArchive(names: string[], fileName: string): AppError {
  const file = printable(fileName);
  const found = foreignInside(names, fileName);
  if (found) return found;
  const candidates = names.slice(0, 20).map((name) => printable(name));
  const held =
    candidates.length > 0
      ? `（内有 ${candidates.slice(0, 5).join('、')}${names.length > 5 ? '…' : ''}）`
      : '（是空的）';
  return new AppError(
    'no-shapefile',
    {
      zh: `压缩包 ${file} 里没有 .shp 文件${held}。${shapefileAdvice.zh}`,
      en: `The archive ${file} holds no .shp. ${shapefileAdvice.en}`,
    },
    { file, candidates },
  );
}
