/** GeoJSON (RFC 7946, and the `crs` member of 2008): streamed feature by feature from disk, strict, bounded (THREATS T13). */
import { AppError } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';
import { printable } from '../printable.ts';
import type { CrsStatement } from '../prj.ts';
import type { SpoolRow } from '../source-types.ts';
import { ExtremeTally } from '../vertex-check.ts';
import { WarningTally } from '../warnings.ts';
import { isArchiveOf, surveyMembers } from './archive-members.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { CrsMembers } from './geojson-crs.ts';
import { GeojsonColumns, toPlain } from './geojson-fields.ts';
import { invalid, polygonsOf, type RowPlace, shapeOf, tooLarge, tooManyVertices } from './geojson-shapes.ts';
import { asUtf8 } from './geojson-text.ts';
import { JsonFault, JsonScan } from './json-scan.ts';
import { JsonText, type JsonValue } from './json-text.ts';

export const geojson: VectorFormat = {
  id: 'geojson',
  // an object or array, after a byte-order mark of UTF-8 or UTF-16; a TXT of boundary points begins with [属性描述]
  sniff: (head) =>
    /^(\xef\xbb\xbf)?\s*[{[][\s"{}[\]]/.test(head.subarray(0, 2048).toString('latin1')) ||
    /^(\xff\xfe\s*\0*[{[]\0|\xfe\xff\0[{[])/.test(head.subarray(0, 8).toString('latin1')),
  inArchive: (names, sublayer) => isArchiveOf('geojson', names, sublayer),
  survey: (job, progress, archive) => (archive ? surveyMembers(job, progress, geojson) : survey(job, progress)),
};

/** Longest text of one feature, per vertex allowed: 17 digits twice, brackets, a height. */
const bytesPerVertex = 64;

interface Cut {
  start: number;
  end: number;
}
/** Geometry, properties, id and `crs` member of one row. */
interface Feature {
  geometry: JsonValue | undefined;
  properties: Map<string, JsonValue>;
  id: JsonValue | undefined;
  crs: JsonValue | undefined;
}

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const file = printable(job.fileName);
  const { path, encoding } = asUtf8(job, file, (share) => progress(share / 2));
  const window = new FileWindow(path);
  try {
    if (window.size > job.limits.entryBytes) throw tooLarge(file, job.limits.entryBytes);
    const reader = new GeojsonReader(window, job, file);
    const said = reader.survey(progress);
    const fields = reader.columns.fields();
    return {
      layers: [
        {
          name: file.replace(/\.[^.]+$/, ''),
          file,
          featureCount: reader.count,
          said,
          extremes: reader.extremes.found(),
        },
      ],
      encoding,
      fields,
      rows: (report) => reader.rows(report),
      warnings: () => reader.warnings.list(),
      close: () => window.close(),
    };
  } catch (error) {
    window.close();
    throw error instanceof JsonFault
      ? invalid(
          { file },
          { zh: `第 ${error.offset} 字节处${error.zh}`, en: `at byte ${error.offset}, ${error.message}` },
          error,
        )
      : error;
  }
}

class GeojsonReader {
  readonly warnings = new WarningTally();
  readonly columns: GeojsonColumns;
  readonly extremes: ExtremeTally;
  readonly #crs: CrsMembers;
  readonly #window: FileWindow;
  readonly #job: ReadJob;
  readonly #file: string;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** where each feature of a collection stands; empty for a single feature or geometry */
  readonly #cuts: Cut[] = [];
  #single: Feature[] | undefined;

  constructor(window: FileWindow, job: ReadJob, file: string) {
    this.#window = window;
    this.#job = job;
    this.#file = file;
    this.columns = new GeojsonColumns(file, job.limits.fields, this.warnings);
    this.extremes = new ExtremeTally(file);
    this.#crs = new CrsMembers(file);
  }

  get count(): number {
    return this.#single?.length ?? this.#cuts.length;
  }

  /** Walks the document once; what it says of its coordinate system. */
  survey(progress: Progress): CrsStatement {
    const scan = new JsonScan(this.#window, this.#job.limits.jsonDepth);
    if (scan.peek() !== 0x7b)
      throw invalid({ file: this.#file }, { zh: '最外层不是对象', en: 'its outermost value is no object' });
    const top = new Map<string, Cut>();
    const start = scan.at;
    let listed = false;
    for (const key of scan.members()) {
      if (top.has(key))
        throw invalid(
          { file: this.#file },
          { zh: `成员 ${printable(key)} 重复`, en: `the member ${printable(key)} is repeated` },
        );
      const from = scan.at;
      if (key === 'features' && scan.peek() === 0x5b) {
        listed = true;
        for (const row of scan.elements()) {
          this.#surveyCut(scan, row);
          if (row % 64 === 0) progress(scan.at / this.#window.size);
        }
      } else scan.skipValue(1);
      top.set(key, { start: from, end: scan.at });
      progress(scan.at / this.#window.size);
    }
    const end = scan.at;
    if (scan.peek() !== -1)
      throw invalid(
        { file: this.#file },
        {
          zh: '结尾之后还有内容（不支持逐行 GeoJSON）',
          en: 'more follows after its end (line-delimited GeoJSON is not read)',
        },
      );
    const type = this.#small(top.get('type'));
    if (type !== 'FeatureCollection') {
      if (top.has('features')) throw this.#otherKind(top, type);
      this.#single = this.#singleFeatures({ start, end }, type, top);
      for (const [i, feature] of this.#single.entries()) this.#surveyFeature(feature, { file: this.#file, row: i + 1 });
    } else if (!listed)
      throw invalid({ file: this.#file }, { zh: '没有 features 数组', en: 'it has no array of features' });
    return this.#crs.decide(this.#small(top.get('crs')));
  }

  *rows(report: Progress): Generator<SpoolRow, void, undefined> {
    for (let i = 0; i < this.count; i++) {
      const place = { file: this.#file, row: i + 1 };
      const feature = this.#single?.[i] ?? this.#feature(this.#parse(this.#cuts[i]!, place), place);
      const polygons = polygonsOf(feature.geometry, place, this.#job.limits.verticesPerFeature);
      yield {
        row: place.row,
        source_file: this.#file,
        attributes: this.columns.row(feature.properties, feature.id),
        ...shapeOf(polygons),
      };
      if (i % 64 === 0 || polygons.length > 100) report(i / this.count);
    }
  }

  #surveyCut(scan: JsonScan, row: number): void {
    const { features, verticesPerFeature } = this.#job.limits;
    if (row > features)
      throw new AppError(
        'too-many-features',
        {
          zh: `${this.#file} 超过 ${features} 个要素。请拆分后分批上传。`,
          en: `${this.#file} has more than ${features} features. Split it.`,
        },
        { file: this.#file },
      );
    const place = { file: this.#file, row };
    let cut: Cut;
    try {
      cut = scan.skipValue(2);
    } catch (error) {
      throw error instanceof JsonFault ? invalid(place, { zh: error.zh, en: error.message }, error) : error;
    }
    if (cut.end - cut.start > verticesPerFeature * bytesPerVertex) throw tooManyVertices(place, verticesPerFeature);
    this.#cuts.push(cut);
    this.#surveyFeature(this.#feature(this.#parse(cut, place), place), place);
  }

  #surveyFeature({ geometry, properties, id, crs }: Feature, place: RowPlace): void {
    this.#crs.add(crs, place);
    this.#crs.addOf(geometry, place);
    for (const rings of polygonsOf(geometry, place, this.#job.limits.verticesPerFeature))
      for (const ring of rings) this.extremes.add(ring, place.row);
    this.columns.survey(properties, id, place);
  }

  #parse({ start, end }: Cut, place: { file: string; row?: number }): JsonValue {
    let text: string;
    try {
      text = this.#decoder.decode(this.#window.read(start, end - start));
    } catch (error) {
      throw invalid(
        place,
        {
          zh: '文字不是 UTF-8 编码（如为 GBK，请用 encoding 指定 GB18030）',
          en: 'its text is not UTF-8 (if it is GBK, give the encoding GB18030)',
        },
        error,
      );
    }
    const json = new JsonText(text);
    try {
      return json.parse();
    } catch (error) {
      throw error instanceof JsonFault
        ? invalid(
            place,
            { zh: `第 ${error.offset} 个字符处${error.zh}`, en: `at character ${error.offset}, ${error.message}` },
            error,
          )
        : error;
    } finally {
      if (json.cleaned > 0) {
        const where = { file: this.#file, row: place.row };
        this.warnings.add('text-cleaned', '', where, () => ({
          zh: `第 ${place.row ?? 1} 个要素起，有文字含空字符（NUL）或残缺的代理字符，已去掉。`,
          en: `From feature ${place.row ?? 1} on, text has NUL characters or lone surrogates; they were taken out.`,
        }));
      }
    }
  }

  #feature(value: JsonValue, place: RowPlace): Feature {
    if (!(value instanceof Map)) throw invalid(place, { zh: '不是对象', en: 'it is no object' });
    if (value.has('attributes') && !value.has('properties')) throw this.#otherKind(new Map(), null);
    if (value.get('type') !== 'Feature')
      throw invalid(place, { zh: 'type 不是 Feature', en: 'its type is not Feature' });
    const properties = value.get('properties') ?? new Map();
    if (!(properties instanceof Map))
      throw invalid(place, { zh: 'properties 不是对象', en: 'its properties are no object' });
    return { geometry: value.get('geometry'), properties, id: value.get('id'), crs: value.get('crs') };
  }

  /** A Feature, a bare geometry (one row) or a bare GeometryCollection (a row for each member). */
  #singleFeatures(whole: Cut, type: unknown, top: Map<string, Cut>): Feature[] {
    const place = { file: this.#file, row: 1 };
    if (type === 'Topology' || top.has('spatialReference')) throw this.#otherKind(top, type);
    if (typeof type !== 'string')
      throw invalid({ file: this.#file }, { zh: '没有 type，不是 GeoJSON', en: 'it has no type, so it is no GeoJSON' });
    if (whole.end - whole.start > this.#job.limits.verticesPerFeature * bytesPerVertex)
      throw tooManyVertices(place, this.#job.limits.verticesPerFeature);
    const value = this.#parse(whole, place);
    if (type === 'Feature') return [this.#feature(value, place)];
    const members = type === 'GeometryCollection' && value instanceof Map ? value.get('geometries') : undefined;
    return (Array.isArray(members) ? members : [value]).map((geometry) => ({
      geometry,
      properties: new Map(),
      id: undefined,
      crs: undefined,
    }));
  }

  #otherKind(top: Map<string, Cut>, type: unknown): AppError {
    const name =
      type === 'Topology'
        ? 'TopoJSON'
        : top.has('features') && !top.has('geometryType') && !top.has('spatialReference') && type !== null
          ? undefined
          : 'Esri JSON';
    if (!name)
      return invalid(
        { file: this.#file },
        { zh: 'type 不是 FeatureCollection', en: 'its type is not FeatureCollection' },
      );
    return new AppError(
      'format-unsupported',
      {
        zh: `${this.#file} 是 ${name}，不是 GeoJSON。请导出为 GeoJSON，或导出为 shapefile 并打成 zip。`,
        en: `${this.#file} is ${name}, not GeoJSON. Export it as GeoJSON, or as a zipped shapefile.`,
      },
      { file: this.#file },
    );
  }

  /** A small member of the document, as plain JSON; undefined where it is absent. */
  #small(cut: Cut | undefined): unknown {
    if (!cut) return undefined;
    if (cut.end - cut.start > 65_536)
      throw invalid({ file: this.#file }, { zh: 'type 或 crs 过长', en: 'its type or crs is too long' });
    return toPlain(this.#parse(cut, { file: this.#file }));
  }
}
