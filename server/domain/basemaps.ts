/**
 * Basemaps that whoever runs the service has set (BASEMAPS): pictures by XYZ or WMTS from other hosts, 天地图 for one, or out of a GeoTIFF on
 * the server. The page asks no
 * other host unless one is named here, and its content policy opens those hosts and no more. A key is part of an address, is seen by every
 * browser, as such keys are, and stands in the environment, never in the program.
 */
export interface Basemap {
  /** of the place in the list, from 1 */
  id: string;
  name: string;
  /** one or more, drawn one over the other (imagery, then names); with {z}, {y}, {x}; of a file a path of this service */
  tiles: string[];
  /** a cloud optimized GeoTIFF on the server that the tiles are cut from; told to nobody */
  cog?: string;
  /** shown on the map: the source asks for it */
  attribution: string;
  /** the last zoom that there are tiles of */
  max_zoom: number;
}

const mostTiles = 4;

/** @throws Error, in words, where the text is not a list of basemaps */
export function readBasemaps(text: string | undefined): Basemap[] {
  if (text === undefined || text.trim() === '') return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (cause) {
    throw new Error('BASEMAPS must be JSON: [{"name": …, "tiles": ["https://…{z}…{y}…{x}…"], "attribution": …}]', {
      cause,
    });
  }
  if (!Array.isArray(list)) throw new Error('BASEMAPS must be a list of basemaps');
  return list.map((one: unknown, i) => readBasemap(one, i + 1));
}

function readBasemap(one: unknown, place: number): Basemap {
  const wrong = (what: string): never => {
    throw new Error(`basemap ${place} of BASEMAPS: ${what}`);
  };
  if (typeof one !== 'object' || one === null) return wrong('is no object');
  const { name, tiles, cog, attribution, max_zoom = 18, ...other } = one as Record<string, unknown>;
  const [unknown] = Object.keys(other);
  if (unknown !== undefined) wrong(`has no field “${unknown}”`);
  if (typeof name !== 'string' || name.trim() === '') return wrong('needs a name');
  if (typeof attribution !== 'string' || attribution.trim() === '')
    return wrong('needs an attribution: what its source asks to be shown (天地图: the 审图号)');
  if (typeof max_zoom !== 'number' || !Number.isInteger(max_zoom) || max_zoom < 1 || max_zoom > 22)
    return wrong('max_zoom is a whole number from 1 to 22');
  const id = String(place);
  if (cog !== undefined) {
    if (typeof cog !== 'string' || cog.trim() === '' || tiles !== undefined)
      return wrong('cog is the path of a GeoTIFF, instead of tiles');
    return { id, name, attribution, max_zoom, cog, tiles: [`/ogc/basemaps/${id}/tiles/WebMercatorQuad/{z}/{y}/{x}`] };
  }
  if (!Array.isArray(tiles) || tiles.length === 0 || tiles.length > mostTiles)
    return wrong(`tiles is a list of 1 to ${mostTiles} addresses`);
  const templates = tiles.map(
    (tile: unknown) => templateOf(tile) ?? wrong('an address is http(s) and has {z}, {y} and {x}'),
  );
  return { id, name, attribution, max_zoom, tiles: templates };
}

/** XYZ and the names that WMTS gives the same three. */
function templateOf(tile: unknown): string | undefined {
  if (typeof tile !== 'string') return undefined;
  const template = tile
    .replaceAll(/\{TileMatrix\}/gi, '{z}')
    .replaceAll(/\{TileRow\}/gi, '{y}')
    .replaceAll(/\{TileCol\}/gi, '{x}');
  const all = ['{z}', '{y}', '{x}'].every((part) => template.includes(part));
  const url = URL.parse(template);
  // a host with a placeholder in it would open more of the policy than is said
  const sound = url !== null && /^https?:$/.test(url.protocol) && /^[\w.:[\]-]+$/.test(url.host) && url.username === '';
  return all && sound ? template : undefined;
}

/** What the page's content policy opens for them. */
export const hostsOf = (basemaps: readonly Basemap[]): string[] => [
  ...new Set(
    basemaps.flatMap(({ cog, tiles }) => (cog === undefined ? tiles.map((tile) => new URL(tile).origin) : [])),
  ),
];
