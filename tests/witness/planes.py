"""Planes: the one a file was delivered in, and the one the witness works in.

The overlay is done in one Gauss-Krüger plane (3° zone of the first parcel file, no zone prefix), not in degrees as the
program does it: a missing densification, a false cos φ or a lon/lat sliver on one side only therefore shows as a
difference. Every edge is first densified to 70 m in its own plane (the official rule), where it is straight by
definition; after that the planes differ by less than 0.0001 m on an edge (70² · tan φ / 8R).
"""
import math

import numpy as np
from pyproj import CRS, Proj

MAX_EDGE_M = 70.0
MAX_EDGE_DEG = MAX_EDGE_M / 111_320.0
CGCS2000 = "+ellps=GRS80"  # a 6378137, 1/f 298.257222101: the constants of CGCS2000


class Plane:
    """kind 'degrees' or 'metres'; a Gauss-Krüger plane carries its central meridian and false easting."""

    def __init__(self, kind, proj=None, lon0=None, x0=0.0, y0=0.0):
        self.kind, self.proj, self.lon0, self.x0, self.y0 = kind, proj, lon0, x0, y0

    def to_lonlat(self, x, y):
        return (x, y) if self.kind == "degrees" else self.proj(x, y, inverse=True)


DEGREES = Plane("degrees")


def gauss_krueger(lon0, x0=500_000.0):
    """Working or test plane: transverse Mercator on CGCS2000, scale 1, central meridian `lon0` in degrees."""
    return Plane("metres", Proj(f"+proj=tmerc +lat_0=0 +lon_0={lon0} +k=1 +x_0={x0} {CGCS2000} +units=m"), lon0, x0)


def plane_of(definition):
    """Plane of a .prj text, an 'EPSG:n' or a raster's WKT. Datums other than CGCS2000 and WGS84 are refused."""
    if definition is None:
        raise SystemExit("a file without .prj: the witness does not guess")
    crs = CRS.from_user_input(definition)
    wkt = crs.to_wkt()
    if any(word in wkt for word in ("Xian", "Beijing", "Xi'an")):
        raise SystemExit(f"another datum: {crs.name}")
    if crs.is_geographic:
        return DEGREES
    params = crs.to_dict()
    is_gk = params.get("proj") == "tmerc" and params.get("k", params.get("k_0", 1)) == 1 and params.get("lat_0", 0) == 0
    return Plane("metres", Proj(params), params["lon_0"] if is_gk else None,
                 float(params.get("x_0", 0)), float(params.get("y_0", 0)))


def densify(ring, plane):
    """ring: (n, 2) array, closed. -> the same ring with no edge over 70 m (or its measure in degrees)."""
    limit = MAX_EDGE_DEG if plane.kind == "degrees" else MAX_EDGE_M
    edges = np.diff(ring, axis=0)
    counts = np.maximum(1, np.ceil(np.hypot(edges[:, 0], edges[:, 1]) / limit)).astype(int)
    if counts.max(initial=1) == 1:
        return ring
    parts = [ring[i] + np.outer(np.arange(n) / n, edges[i]) for i, n in enumerate(counts)]
    return np.vstack(parts + [ring[-1:]])


class Working:
    """The plane of the overlay: Gauss-Krüger on the central meridian `lon0`, false easting 500 km."""

    def __init__(self, lon0):
        self.plane = gauss_krueger(lon0)
        self.lon0 = lon0

    def bring(self, points, plane):
        """(n, 2) points of `plane` -> (n, 2) in the working plane; the same meridian is a mere shift, no rounding."""
        x, y = points[:, 0], points[:, 1]
        if plane.lon0 == self.lon0:
            return np.column_stack((x - plane.x0 + 500_000.0, y - plane.y0))
        lon, lat = plane.to_lonlat(x, y)
        return np.column_stack(self.plane.proj(np.asarray(lon), np.asarray(lat)))

    def lonlat(self, points):
        return np.column_stack(self.plane.proj(points[:, 0], points[:, 1], inverse=True))


def working_for(plane, sample_point):
    """The working plane for a parcel file: its own meridian, else that of the nearest 3° zone."""
    if plane.lon0 is not None:
        return Working(plane.lon0)
    lon, _ = plane.to_lonlat(*sample_point)
    return Working(3 * math.floor(lon / 3 + 0.5))
