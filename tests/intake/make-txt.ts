/** 界址点 TXT written after DOMAIN §4.1, with a knob for every way in which programs differ. Knows nothing of the reader. */
import iconv from 'iconv-lite';

export type Xy = readonly [x: number, y: number];

export interface TxtPlot {
  /** closed or not, as they are to be written; x = easting */
  rings: readonly (readonly Xy[])[];
  /** values of the plot line behind the point count, without @ */
  values?: readonly string[];
  /** 界址点数; by default all points written */
  count?: string;
}

export interface TxtOptions {
  header?: Record<string, string> | null;
  /** lines before the header */
  before?: string[];
  /** lines between [地块坐标] and the first plot */
  between?: string[];
  brackets?: '[]' | '【】';
  /** one coordinate pair as text; the northing first by default */
  pair?: (point: Xy) => string;
  /** 圈号 of the n-th ring of a plot, undefined: the column is left out */
  ring?: (n: number) => string | undefined;
  /** number of the k-th point of a ring (the first again for its closing point), and of the plot so far */
  point?: (k: number, overall: number) => string;
  end?: '\r\n' | '\n' | '\r';
}

export const header = {
  格式版本号: '1.01',
  数据产生单位: '测试单位',
  数据产生日期: '2025-06-15',
  坐标系: '2000国家大地坐标系',
  几度分带: '3',
  投影类型: '高斯克吕格',
  计量单位: '米',
  带号: '36',
  精度: '0.001',
  转换参数: ',,,,,,',
};
const plain = ['1.0000', 'ZD001', '测试地块', '面', 'H49G001001', '旱地', '0103'];

export function makeTxt(plots: readonly TxtPlot[], options: TxtOptions = {}): string {
  const [open, shut] = (options.brackets ?? '[]').split('');
  const lines = [...(options.before ?? [])];
  if (options.header !== null) {
    lines.push(`${open}属性描述${shut}`);
    for (const [key, value] of Object.entries(options.header ?? header)) lines.push(`${key}=${value}`);
    lines.push(`${open}地块坐标${shut}`);
  }
  lines.push(...(options.between ?? []));
  const pair = options.pair ?? (([x, y]: Xy) => `${y.toFixed(3)},${x.toFixed(3)}`);
  for (const { rings, values, count } of plots) {
    const points = rings.reduce((sum, ring) => sum + ring.length, 0);
    lines.push([count ?? String(points), ...(values ?? plain), '@'].join(','));
    let overall = 0;
    for (const [n, ring] of rings.entries()) {
      const begun = overall + 1;
      for (const [k, at] of ring.entries()) {
        const closes = k > 0 && at[0] === ring[0]![0] && at[1] === ring[0]![1];
        if (!closes) overall++;
        const name = options.point?.(closes ? 0 : k, closes ? begun : overall) ?? `J${closes ? begun : overall}`;
        const number = options.ring ? options.ring(n) : String(n + 1);
        lines.push([name, ...(number === undefined ? [] : [number]), pair(at)].join(','));
      }
    }
  }
  return lines.map((line) => line + (options.end ?? '\r\n')).join('');
}

export const gbk = (text: string): Buffer => iconv.encode(text, 'gb18030');

/** counter-clockwise, closed */
export const box = (x: number, y: number, width: number, height = width): Xy[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
  [x, y],
];
export const unclosed = (ring: readonly Xy[]): Xy[] => ring.slice(0, -1);
