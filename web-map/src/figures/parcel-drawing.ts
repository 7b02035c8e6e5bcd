/** A parcel drawn as lines on paper: degrees to a small plane in metres, shapes as SVG paths, a scale bar. For the eye alone; no area is taken from it. Pure. */

type Position = readonly number[];
type Ring = readonly Position[];
export interface Shape {
  type: string;
  coordinates: readonly unknown[];
}

/** CGCS2000: semi-major axis in m, first eccentricity squared (GB 22021) */
const axisM = 6_378_137;
const eccentricity2 = 0.006_694_380_022_9;

/** m of one degree of longitude and of latitude at a latitude (radii of the prime vertical and of the meridian). */
export function metresPerDegree(lat: number): { lon: number; lat: number } {
  const phi = (lat * Math.PI) / 180;
  const w2 = 1 - eccentricity2 * Math.sin(phi) ** 2;
  const degree = Math.PI / 180;
  return {
    lon: (axisM / Math.sqrt(w2)) * Math.cos(phi) * degree,
    lat: ((axisM * (1 - eccentricity2)) / w2 ** 1.5) * degree,
  };
}

export function ringsOf({ type, coordinates }: Shape): Ring[] {
  return (type === 'Polygon' ? coordinates : (coordinates as Ring[][]).flat()) as Ring[];
}

/** A window of a drawing over a parcel. */
export interface Frame {
  width: number;
  height: number;
  /** m that one unit of the drawing stands for */
  metres: number;
  /** west, south, east, north of the window, degrees */
  box: [number, number, number, number];
  at(position: Position): [x: number, y: number];
  /** of all rings; holes by the even-odd rule */
  path(shape: Shape): string;
}

/** @param margin share of the window that stays free on each side. Null where the shape has no extent. */
export function frameOf(
  shape: Shape,
  { width, height, margin = 0.12 }: { width: number; height: number; margin?: number },
): Frame | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of ringsOf(shape))
    for (const [lon = 0, lat = 0] of ring) {
      [west, east] = [Math.min(west, lon), Math.max(east, lon)];
      [south, north] = [Math.min(south, lat), Math.max(north, lat)];
    }
  if (!(east > west && north > south)) return null;
  const [midLon, midLat] = [(west + east) / 2, (south + north) / 2];
  const degree = metresPerDegree(midLat);
  const free = 1 - 2 * margin;
  const metres = Math.max(
    ((east - west) * degree.lon) / (width * free),
    ((north - south) * degree.lat) / (height * free),
  );
  const at = ([lon = 0, lat = 0]: Position): [number, number] => [
    width / 2 + ((lon - midLon) * degree.lon) / metres,
    height / 2 - ((lat - midLat) * degree.lat) / metres,
  ];
  const [halfLon, halfLat] = [(width * metres) / 2 / degree.lon, (height * metres) / 2 / degree.lat];
  return {
    width,
    height,
    metres,
    box: [midLon - halfLon, midLat - halfLat, midLon + halfLon, midLat + halfLat],
    at,
    path: (one) =>
      ringsOf(one)
        .map(
          (ring) =>
            `M${ring
              .slice(0, -1)
              .map((position) =>
                at(position)
                  .map((value) => value.toFixed(2))
                  .join(' '),
              )
              .join('L')}Z`,
        )
        .join(''),
  };
}

/** The longest of 1, 2, 5 × 10ⁿ m that is no longer than a share of the window. */
export function scaleBar({ width, metres }: Frame, share = 0.3): { m: number; length: number } {
  const most = width * metres * share;
  const power = 10 ** Math.floor(Math.log10(most));
  const m = [5, 2, 1].map((digit) => digit * power).find((length) => length <= most) ?? power;
  return { m, length: m / metres };
}

/** Whether a place is within a shape, by crossings: inside a hole is outside. */
export function isIn([x = 0, y = 0]: Position, shape: Shape): boolean {
  let inside = false;
  for (const ring of ringsOf(shape))
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [[xi = 0, yi = 0], [xj = 0, yj = 0]] = [ring[i]!, ring[j]!];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  return inside;
}

/** A grid of 24 × 24 places over the parcel; what is less than four of them gets no label. */
const places = 24;
const leastPlaces = 4;

/**
 * Where to write what each patch is, within the parcel: of the places of a grid that lie in the patch, the one furthest from any that do not.
 * @returns of each patch the position in degrees, null where too little of it is seen
 */
export function labelPlaces(parcel: Shape, patches: readonly Shape[]): (Position | null)[] {
  const positions = ringsOf(parcel).flat();
  const [lons, lats] = [positions.map(([lon = 0]) => lon), positions.map(([, lat = 0]) => lat)];
  const least = (all: number[]) => all.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (all: number[]) => all.reduce((a, b) => Math.max(a, b), -Infinity);
  const [west, south, east, north] = [least(lons), least(lats), most(lons), most(lats)];
  const grid = Array.from({ length: places * places }, (_, i) => {
    const [col, row] = [i % places, Math.floor(i / places)];
    const position = [west + ((col + 0.5) / places) * (east - west), south + ((row + 0.5) / places) * (north - south)];
    return {
      col,
      row,
      position,
      owner: isIn(position, parcel) ? patches.findIndex((patch) => isIn(position, patch)) : -1,
    };
  });
  return patches.map((_, owner) => {
    const mine = grid.filter((one) => one.owner === owner);
    if (mine.length < leastPlaces) return null;
    const others = grid.filter((one) => one.owner !== owner);
    const room = ({ col, row }: { col: number; row: number }) =>
      others.reduce(
        (nearest, other) => Math.min(nearest, (other.col - col) ** 2 + (other.row - row) ** 2),
        // the border of the grid is no patch either
        Math.min(col + 1, row + 1, places - col, places - row) ** 2,
      );
    return mine.reduce((best, one) => (room(one) > room(best) ? one : best)).position;
  });
}
