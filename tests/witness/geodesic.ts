/** Areas of lon/lat rings on the CGCS2000 ellipsoid by GeographicLib: the first witness of every area the program reports. */
import geodesic from 'geographiclib-geodesic';

/** a in metres and 1/f of CGCS2000 (GB 22021-2008) */
export const cgcs2000 = new geodesic.Geodesic.Geodesic(6378137, 1 / 298.257222101);
export const wgs84 = new geodesic.Geodesic.Geodesic(6378137, 1 / 298.257223563);

type Ring = readonly (readonly number[])[];

/** ring: [lon, lat] in degrees, closed or not, any direction. -> m², never negative. */
export function ringAreaM2(ring: Ring, ellipsoid = cgcs2000): number {
  const polygon = ellipsoid.Polygon(false);
  const closed = ring.length > 1 && ring[0]![0] === ring.at(-1)![0] && ring[0]![1] === ring.at(-1)![1];
  for (const point of closed ? ring.slice(0, -1) : ring) polygon.AddPoint(point[1]!, point[0]!);
  return Math.abs(polygon.Compute(false, true).area ?? 0);
}

/** rings: GeoJSON order, the first is the shell, the others holes. -> m². */
export function polygonAreaM2(rings: readonly Ring[]): number {
  return rings.reduce((sum, ring, i) => sum + (i === 0 ? 1 : -1) * ringAreaM2(ring), 0);
}

/** A GeoJSON Polygon or MultiPolygon in lon/lat. -> m². */
export function geometryAreaM2(geometry: { type: string; coordinates: unknown } | null): number {
  if (geometry === null) return 0;
  const polygons = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) as Ring[][];
  return polygons.reduce((sum, rings) => sum + polygonAreaM2(rings), 0);
}
