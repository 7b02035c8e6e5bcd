/**
 * KML (OGC 12-007) → placemarks, one at a time, while the document is read. saxes reads the XML: it knows no entities but
 * the five of XML and fetches nothing; declarations of others are refused here (THREATS T13, T21: no expansion, no links).
 */
import { SaxesParser } from 'saxes';
import { AppError, type Sentence } from '../../errors.ts';
import { printable } from '../printable.ts';
import type { Ring } from '../rings.ts';
import { tooManyVertices } from './geojson-shapes.ts';
import { type KmlRing, polygonOf, ringOf } from './kml-shapes.ts';
import type { Declared } from './typed-columns.ts';

export interface Placemark {
  /** 1-based among all placemarks of the document */
  row: number;
  /** names of the folders around it, outermost first */
  folders: string[];
  values: Map<string, string>;
  polygons: Ring[][];
  /** kinds of geometry in it that are no polygons */
  others: Set<string>;
}

/** elements within elements; folders in folders come to a dozen */
const deepest = 64;
const numeric = /^(u?int|u?short|float|double)$/i;
const containers = new Set(['Folder', 'Document']);
const noPolygons = new Set(['Point', 'LineString', 'LinearRing', 'Track', 'MultiTrack', 'Model']);

export function kmlInvalid(file: string, what: Sentence, place: { row?: number } = {}, cause?: unknown): AppError {
  const at =
    place.row === undefined ? { zh: '', en: '' } : { zh: `第 ${place.row} 个地标`, en: `placemark ${place.row}: ` };
  return new AppError(
    'kml-invalid',
    {
      zh: `${file} 不是有效的 KML：${at.zh}${what.zh}。请重新导出。`,
      en: `${file} is no valid KML: ${at.en}${what.en}. Export it again.`,
    },
    { file, ...place },
    cause === undefined ? undefined : { cause },
  );
}

export class KmlParser {
  /** links to other documents, never followed */
  links = 0;
  /** fields of schemas as they are declared */
  readonly schema = new Map<string, Declared>();
  readonly #file: string;
  readonly #maxVertices: number;
  readonly #xml = new SaxesParser({ xmlns: false, position: true });
  readonly #open: string[] = [];
  readonly #folders: string[] = [];
  #done: Placemark[] = [];
  #rows = 0;
  #placemark: Placemark | undefined;
  #vertices = 0;
  #field: string | undefined;
  #rings: KmlRing[] | undefined;
  #text = '';

  constructor(file: string, maxVertices: number) {
    this.#file = file;
    this.#maxVertices = maxVertices;
    // not even names that every object of JavaScript has
    this.#xml.ENTITIES = Object.assign(Object.create(null), { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" });
    this.#xml.on('error', (error) => {
      const { line, column } = this.#xml;
      throw this.#invalid(
        { zh: `第 ${line} 行第 ${column} 列的 XML 有误`, en: `its XML is wrong at line ${line}, column ${column}` },
        error,
      );
    });
    this.#xml.on('doctype', (text) => {
      if (/<!ENTITY/i.test(text)) throw this.#invalid({ zh: '含实体定义（ENTITY）', en: 'it defines entities' });
    });
    this.#xml.on('opentag', ({ name, attributes }) => this.#opened(local(name), attributes as Record<string, string>));
    this.#xml.on('closetag', ({ name }) => this.#closed(local(name)));
    const add = (text: string) => {
      this.#text += text;
    };
    this.#xml.on('text', add);
    this.#xml.on('cdata', add);
  }

  /** Placemarks that end within this piece of text. */
  write(text: string): Placemark[] {
    this.#xml.write(text);
    const done = this.#done;
    this.#done = [];
    return done;
  }

  end(): Placemark[] {
    this.#xml.close();
    return this.#done;
  }

  #invalid(what: Sentence, cause?: unknown): AppError {
    return kmlInvalid(this.#file, what, this.#placemark ? { row: this.#placemark.row } : {}, cause);
  }

  #opened(name: string, attributes: Record<string, string>): void {
    const parent = this.#open.at(-1);
    this.#open.push(name);
    if (this.#open.length > deepest)
      throw this.#invalid({
        zh: `元素嵌套超过 ${deepest} 层`,
        en: `its elements are nested more than ${deepest} deep`,
      });
    this.#text = '';
    const placemark = this.#placemark;
    if (containers.has(name)) this.#folders.push('');
    else if (name === 'Placemark') {
      if (placemark) throw this.#invalid({ zh: '地标里套有地标', en: 'it holds another placemark' });
      const folders = this.#folders.filter((folder) => folder !== '');
      this.#placemark = { row: ++this.#rows, folders, values: new Map(), polygons: [], others: new Set() };
      this.#vertices = 0;
    } else if (name === 'NetworkLink') this.links++;
    else if (name === 'SimpleField' && attributes['name'])
      this.schema.set(attributes['name'], numeric.test(attributes['type'] ?? '') ? 'number' : undefined);
    else if (!placemark) return;
    else if (name === 'Data' || name === 'SimpleData') this.#field = attributes['name'];
    else if (name === 'Polygon') this.#rings = [];
    else if (noPolygons.has(name) && !this.#rings && parent !== 'Track') placemark.others.add(name);
  }

  #closed(name: string): void {
    this.#open.pop();
    const parent = this.#open.at(-1);
    const text = this.#text;
    this.#text = '';
    const placemark = this.#placemark;
    if (containers.has(name)) this.#folders.pop();
    else if (!placemark) {
      if (name === 'name' && containers.has(parent ?? '')) this.#folders[this.#folders.length - 1] = text.trim();
    } else if (name === 'Placemark') {
      this.#done.push(placemark);
      this.#placemark = undefined;
    } else if ((name === 'name' || name === 'description') && parent === 'Placemark') {
      if (!placemark.values.has(name)) placemark.values.set(name, text.trim());
    } else if ((name === 'value' && parent === 'Data') || name === 'SimpleData') {
      if (this.#field) placemark.values.set(this.#field, text.trim());
    } else if (name === 'coordinates' && this.#rings && parent === 'LinearRing') this.#ring(text, placemark);
    else if (name === 'Polygon' && this.#rings) {
      const polygon = polygonOf(this.#rings);
      if (polygon === undefined)
        throw this.#invalid({ zh: '面没有外边界或有几个外边界', en: 'a polygon has no outer boundary or several' });
      if (polygon.length > 0) placemark.polygons.push(polygon);
      this.#rings = undefined;
    }
  }

  #ring(text: string, placemark: Placemark): void {
    const boundary = this.#open.at(-2);
    const place = { file: this.#file, row: placemark.row };
    const ring = ringOf(text);
    if (typeof ring === 'string')
      throw this.#invalid({
        zh: `坐标“${printable(ring, 40)}”不是“经度,纬度”`,
        en: `the coordinate "${printable(ring, 40)}" is not "longitude,latitude"`,
      });
    this.#vertices += ring.length / 2;
    if (this.#vertices > this.#maxVertices) throw tooManyVertices(place, this.#maxVertices);
    this.#rings!.push({ outer: boundary === 'outerBoundaryIs', ring });
  }
}

/** `gx:Track` and `kml:Placemark` go by their names alone: prefixes are anything */
const local = (name: string) => name.slice(name.indexOf(':') + 1);
