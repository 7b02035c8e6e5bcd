/**
 * KML: placemarks with polygons, their ExtendedData as fields. Its coordinates are WGS 84 longitude and latitude by the
 * specification, but drawn in 奥维 (Ovital) or on 高德 and 腾讯 base maps they may carry the GCJ-02 offset of 300 to 600 m,
 * which no number of the file betrays (DOMAIN §4.1). So a person has to stand for them, by giving the srid (4490 or 4326).
 */
import { systemOf } from '../../domain/crs.ts';
import { AppError, type Sentence } from '../../errors.ts';
import { FileWindow } from '../file-window.ts';
import { printable } from '../printable.ts';
import type { CrsStatement } from '../prj.ts';
import type { EncodingDecision, SpoolRow } from '../source-types.ts';
import { ExtremeTally } from '../vertex-check.ts';
import { WarningTally } from '../warnings.ts';
import { isArchiveOf, surveyMembers } from './archive-members.ts';
import type { Progress, ReadJob, Survey, VectorFormat } from './format.ts';
import { shapeOf, tooLarge } from './geojson-shapes.ts';
import { KmlParser, kmlInvalid, type Placemark } from './kml-parser.ts';
import { isKml, kmlEncoding, textOf } from './kml-text.ts';
import { noSuchLayer } from './layer-choice.ts';
import { TypedColumns } from './typed-columns.ts';

export const kml: VectorFormat = {
  id: 'kml',
  sniff: isKml,
  // a KMZ is a zip with a KML in it
  inArchive: (names, sublayer) => isArchiveOf('kml', names, sublayer),
  survey: (job, progress, archive) => (archive ? surveyMembers(job, progress, kml) : survey(job, progress)),
};

async function survey(job: ReadJob, progress: Progress): Promise<Survey> {
  const file = printable(job.fileName);
  const window = new FileWindow(job.path);
  try {
    if (window.size > job.limits.entryBytes) throw tooLarge(file, job.limits.entryBytes);
    const encoding = kmlEncoding(Buffer.from(window.read(0, 4096)), job.options.encoding, file);
    const reader = new KmlReader(window, encoding, job, file);
    const count = reader.survey(progress);
    return {
      layers: [
        {
          name: file.replace(/\.[^.]+$/, ''),
          file,
          featureCount: count,
          said: said(file),
          extremes: reader.extremes.found(),
        },
      ],
      encoding,
      fields: reader.columns.fields(),
      rows: (report) => reader.rows(report),
      warnings: () => reader.warnings.list(),
      close: () => window.close(),
    };
  } catch (error) {
    window.close();
    throw error;
  }
}

const offset: Sentence = {
  zh: 'KML 规定为 WGS84 经纬度，但在奥维或高德、腾讯底图上画的图形可能带有 GCJ-02（火星坐标）偏移 300–600 米，文件本身看不出来',
  en: 'KML is WGS 84 longitude and latitude, but shapes drawn in Ovital or on Amap or Tencent base maps may carry the GCJ-02 offset of 300 to 600 m, which the file does not show',
};

function said(file: string): CrsStatement {
  return {
    kind: 'unstated-datum',
    system: systemOf(4490),
    name: 'WGS 84',
    detail: {
      zh: `${file} 的坐标不能直接用于核查：${offset.zh}。请改用测量成果（TXT、shapefile、GeoPackage）；确认坐标没有偏移的，用 srid=4490 担保后再上传。`,
      en: `The coordinates of ${file} cannot be verified as they are: ${offset.en}. Use the surveyed data (TXT, shapefile, GeoPackage), or vouch that they have no offset by giving the srid 4490.`,
    },
  };
}

class KmlReader {
  readonly columns: TypedColumns;
  readonly extremes: ExtremeTally;
  readonly warnings = new WarningTally();
  readonly #window: FileWindow;
  readonly #encoding: EncodingDecision;
  readonly #job: ReadJob;
  readonly #file: string;
  #count = 0;
  #folders = new Set<string>();

  constructor(window: FileWindow, encoding: EncodingDecision, job: ReadJob, file: string) {
    this.#window = window;
    this.#encoding = encoding;
    this.#job = job;
    this.#file = file;
    this.columns = new TypedColumns(file, job.limits.fields, this.warnings);
    this.extremes = new ExtremeTally(file);
  }

  survey(progress: Progress): number {
    const parser = new KmlParser(this.#file, this.#job.limits.verticesPerFeature);
    let passed = 0;
    for (const placemark of this.#placemarks(parser, progress)) {
      for (const folder of placemark.folders) this.#folders.add(folder);
      if (!this.#asked(placemark)) continue;
      if (!this.#isParcel(placemark)) {
        passed++;
        continue;
      }
      if (++this.#count > this.#job.limits.features) throw this.#tooMany();
      for (const ring of placemark.polygons.flat()) this.extremes.add(ring, placemark.row);
      for (const [field, type] of parser.schema) this.columns.declare(field, type);
      this.columns.survey(this.#values(placemark), placemark.row);
    }
    if (this.#count === 0) throw this.#nothing(parser.links, passed);
    if (parser.links > 0)
      this.warnings.add('links-not-followed', '', { file: this.#file }, () => ({
        zh: `${this.#file} 有 ${parser.links} 个网络链接，链接的内容不会下载，未读入。`,
        en: `${this.#file} has ${parser.links} network link(s); what they point to is not fetched and was not read.`,
      }));
    if (this.#job.options.srid !== undefined)
      this.warnings.add('kml-offset-vouched', '', { file: this.#file }, () => ({
        zh: `${offset.zh}；上传人已用 srid 担保没有偏移，按此读取。`,
        en: `${offset.en}; the uploader vouched by the srid that they have none, and they were read so.`,
      }));
    return this.#count;
  }

  *rows(report: Progress): Generator<SpoolRow, void, undefined> {
    const parser = new KmlParser(this.#file, this.#job.limits.verticesPerFeature);
    for (const placemark of this.#placemarks(parser, report)) {
      const label = placemark.polygons.length === 0 && placemark.others.size > 0;
      if (label || !this.#asked(placemark)) continue;
      yield {
        row: placemark.row,
        source_file: this.#file,
        attributes: this.columns.row(this.#values(placemark)),
        ...shapeOf(placemark.polygons),
      };
    }
  }

  *#placemarks(parser: KmlParser, progress: Progress): Generator<Placemark, void, undefined> {
    for (const text of textOf(this.#window, this.#encoding, this.#file, progress)) yield* parser.write(text);
    yield* parser.end();
  }

  /** `sublayer` is a folder's name, or the names of folders with slashes between. */
  #asked({ folders }: Placemark): boolean {
    const { sublayer } = this.#job.options;
    if (sublayer === undefined || sublayer === '*') return true;
    return folders.includes(sublayer) || folders.join('/') === sublayer;
  }

  #values({ values, folders }: Placemark): Map<string, string | null> {
    const own = new Map<string, string | null>();
    for (const [field, value] of values) own.set(field, value === '' ? null : value);
    if (folders.length > 0 && !own.has('folder')) own.set('folder', folders.join('/'));
    return own;
  }

  /** A placemark of points alone is a label. A line may be the outline of a parcel: it is never passed over. */
  #isParcel({ row, polygons, others }: Placemark): boolean {
    const where = { file: this.#file, row };
    if (polygons.length > 0) {
      if (others.size > 0)
        this.warnings.add('geometry-parts-left-out', '', where, (n) => ({
          zh: `${n} 个地标除面以外还有点或线（首个是第 ${row} 个），只读入了面。`,
          en: `${n} placemark(s) have points or lines beside their polygons (first is placemark ${row}); the polygons were read.`,
        }));
      return true;
    }
    if (others.size === 0) return true;
    const line = [...others].find((kind) => kind !== 'Point');
    if (line)
      throw new AppError(
        'geometry-type',
        {
          zh: `${this.#file} 第 ${row} 个地标是 ${line}，需要面（Polygon）。请在原软件中转为面，或删去后重新导出。`,
          en: `Placemark ${row} of ${this.#file} is a ${line}; polygons are needed. Make it a polygon or remove it.`,
        },
        where,
      );
    this.warnings.add('points-left-out', '', where, (n) => ({
      zh: `${n} 个地标是点（首个是第 ${row} 个），未读入。`,
      en: `${n} placemark(s) are points (first is placemark ${row}); they were left out.`,
    }));
    return false;
  }

  #nothing(links: number, points: number): AppError {
    const { sublayer } = this.#job.options;
    const folders = [...this.#folders].map((name) => ({ name }));
    if (sublayer !== undefined && sublayer !== '*' && folders.length > 0 && !this.#folders.has(sublayer))
      return noSuchLayer(folders, sublayer, this.#job.fileName);
    if (links > 0 && points === 0)
      return kmlInvalid(this.#file, {
        zh: '里面只有网络链接，没有图形；链接的内容不会下载',
        en: 'it holds network links only, which are not fetched, and no shapes',
      });
    return new AppError(
      'geometry-empty',
      {
        zh: `${this.#file} 里没有面地标${points > 0 ? `，只有 ${points} 个点` : ''}。请导出面（Polygon）。`,
        en: `${this.#file} holds no placemark with a polygon${points > 0 ? `, only ${points} point(s)` : ''}. Export polygons.`,
      },
      { file: this.#file },
    );
  }

  #tooMany(): AppError {
    const { features } = this.#job.limits;
    return new AppError(
      'too-many-features',
      {
        zh: `${this.#file} 超过 ${features} 个地标。请拆分后分批上传。`,
        en: `${this.#file} has more than ${features} placemarks. Split it.`,
      },
      { file: this.#file },
    );
  }
}
