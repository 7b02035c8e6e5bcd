/** What one file of the corpus is: how it is odd, where it goes, and what was promised about it (THREATS, CONTRACT §3–§6). */
import type { ProblemCode } from '../../server/errors.ts';
import type { LayerTypeId } from '../../server/layers/index.ts';
import type { FormPart } from '../http/service.ts';

export type Target = 'parcel-set' | 'register' | LayerTypeId;
export type Bytes = Buffer | string;

export interface Load {
  /** rows, tiles of a raster that have a value, or projects */
  load: number;
  /** m² on the ellipsoid, by how the file was made; of a layer the sum of its polygons */
  m2?: number;
  /** codes of warnings that must be among those told */
  told?: readonly string[];
  /** of a raster: cells with and without a slope, and the steepest */
  cells?: { valid: number; missing: number; steepest?: number };
  /** what must stand in `decisions` */
  decided?: object;
}
export interface Refuse {
  /** any of them is right where the promise names several */
  refuse: readonly ProblemCode[];
  /** what `where` must name, at least */
  where?: object;
  /** the request itself is answered so; else its job is */
  atOnce: boolean;
}
export type Expected = Load | Refuse;

export interface CorpusCase {
  /** group/number */
  name: string;
  odd: string;
  to: Target;
  file: string;
  data: Bytes | (() => Bytes | Promise<Bytes>);
  fields: Record<string, string>;
  expected: Expected;
  /** others rely on it being there */
  first: boolean;
  /** instead of fields and file: the parts of the form as they are to be sent */
  parts?: FormPart[];
}

export const load = (count: number, more: Omit<Load, 'load'> = {}): Load => ({ load: count, ...more });
export function refuse(codes: ProblemCode | readonly ProblemCode[], where?: object): Refuse {
  return { refuse: [codes].flat() as ProblemCode[], ...(where === undefined ? {} : { where }), atOnce: false };
}
/** The answer to the POST, not of its job. */
export const atOnce = (codes: ProblemCode | readonly ProblemCode[], where?: object): Refuse => ({
  ...refuse(codes, where),
  atOnce: true,
});

export interface More {
  to?: Target;
  file?: string;
  fields?: Record<string, string>;
  first?: boolean;
  parts?: FormPart[];
}
export type Add = (odd: string, data: CorpusCase['data'], expected: Expected, more?: More) => void;

/** The cases that `write` adds, numbered in its order. */
export const group =
  (name: string, common: Required<Omit<More, 'parts' | 'first'>>, write: (add: Add) => void) => (): CorpusCase[] => {
    const cases: CorpusCase[] = [];
    write((odd, data, expected, more = {}) => {
      cases.push({
        name: `${name}/${String(cases.length + 1).padStart(3, '0')}`,
        odd,
        to: more.to ?? common.to,
        file: more.file ?? common.file,
        data,
        fields: { ...common.fields, ...more.fields },
        expected,
        first: more.first ?? false,
        ...(more.parts === undefined ? {} : { parts: more.parts }),
      });
    });
    return cases;
  };

export const bytesOf = async ({ data }: CorpusCase): Promise<Buffer> =>
  Buffer.from((await (typeof data === 'function' ? data() : data)) as string);

/** Where to cut a file: its first bytes, eighths, its last bytes. */
export const cuts = (length: number): number[] =>
  [...new Set([1, 9, 17, 33, ...[1, 2, 3, 4, 5, 6, 7].map((n) => Math.floor((length * n) / 8)), length - 17])].filter(
    (at) => at > 0 && at < length,
  );
