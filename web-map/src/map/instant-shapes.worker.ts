/** Reads the shapes of a file apart from the page, so that a file that stalls or kills the reader does not stall the page. */
import { parseZip } from 'shpjs';
import type { InstantGeometry } from './instant-shapes.ts';

/** unpacked bytes that the directory of a zip may announce */
const mostUnpacked = 300 * 1024 * 1024;
const mostShapes = 50_000;

interface Collection {
  features?: { geometry?: InstantGeometry | null }[];
}

addEventListener('message', (event: MessageEvent<ArrayBuffer>) => {
  read(event.data)
    .catch(() => []) // what is wrong with the file is the server's to say, in words
    .then((shapes) => postMessage(shapes));
});

async function read(bytes: ArrayBuffer): Promise<InstantGeometry[]> {
  const view = new DataView(bytes);
  const zip = view.getUint32(0) === 0x504b0304;
  if (zip && !(unpackedSize(view) <= mostUnpacked)) return [];
  const found = (zip ? await parseZip(bytes) : JSON.parse(new TextDecoder().decode(bytes))) as
    | Collection
    | Collection[];
  return (Array.isArray(found) ? found : [found])
    .flatMap((collection) => collection.features ?? [])
    .flatMap(({ geometry }) => (geometry && /^(Multi)?Polygon$/.test(geometry.type) ? [geometry] : []))
    .slice(0, mostShapes)
    .map(({ type, coordinates }) => ({ type, coordinates }));
}

/** Sum of the sizes in the directory; NaN without an end record, on which shpjs would go round for ever. */
function unpackedSize(view: DataView): number {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end) !== 0x504b0506) end--;
  if (end < 0) return Number.NaN;
  let at = view.getUint32(end + 16, true);
  let sum = 0;
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at) !== 0x504b0102) return Number.NaN;
    sum += view.getUint32(at + 24, true);
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return sum;
}
