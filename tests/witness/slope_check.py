"""Slope of a parcel: raster cells as polygons cut by the parcel, areas on the ellipsoid, no cell centres."""
import math

import numpy as np
from shapely.geometry import Polygon
from shapely.prepared import prep

from shapes import EMPTY, area_m2, only_polygons, union

EDGES = (2.0, 6.0, 15.0, 25.0)


class SlopeGrid:
    def __init__(self, raster, working):
        self.raster, self.working = raster, working

    def _cell(self, row, column):
        r = self.raster
        x, y = r.x0 + column * r.dx, r.y0 + row * r.dy
        corners = np.array([(x, y), (x + r.dx, y), (x + r.dx, y + r.dy), (x, y + r.dy)])
        return Polygon(self.working.bring(corners, r.plane))

    def _window(self, parcel):
        """Rows and columns whose cells can touch the parcel, also outside the image."""
        x1, y1, x2, y2 = parcel.bounds
        corners = np.array([(x1, y1), (x1, y2), (x2, y1), (x2, y2)])
        r = self.raster
        if r.plane.lon0 == self.working.lon0:
            xs, ys = corners[:, 0] - 500_000.0 + r.plane.x0, corners[:, 1] + r.plane.y0
        else:
            lonlat = self.working.lonlat(corners)
            if r.plane.kind == "degrees":
                xs, ys = lonlat[:, 0], lonlat[:, 1]
            else:
                xs, ys = r.plane.proj(lonlat[:, 0], lonlat[:, 1])
        pad = 0 if r.plane.lon0 == self.working.lon0 else 1
        return (math.floor((ys.max() - r.y0) / r.dy) - pad, math.floor((ys.min() - r.y0) / r.dy) + pad,
                math.floor((xs.min() - r.x0) / r.dx) - pad, math.floor((xs.max() - r.x0) / r.dx) + pad)

    def measure(self, parcel, max_deg):
        """-> dict: steep and unknown geometries, the classes' areas, mean, max and the reason of the unknown part."""
        prepared = prep(parcel)
        rows, columns = self.raster.values.shape
        steep, unknown = [], []
        classes, weighted, known, top = [0.0] * 5, 0.0, 0.0, None
        outside = inside_gap = 0.0
        first_row, last_row, first_column, last_column = self._window(parcel)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                cell = self._cell(row, column)
                if prepared.contains(cell):
                    part = cell
                elif prepared.intersects(cell):
                    part = only_polygons(cell.intersection(parcel))
                    if part.is_empty:
                        continue
                else:
                    continue
                area = area_m2(part, self.working)
                in_image = 0 <= row < rows and 0 <= column < columns
                value = self.raster.values[row, column] if in_image else math.nan
                if math.isnan(value):
                    unknown.append(part)
                    outside, inside_gap = (outside + area, inside_gap) if not in_image else (outside, inside_gap + area)
                    continue
                classes[sum(value > edge for edge in EDGES)] += area
                weighted, known = weighted + value * area, known + area
                if area > 1e-6:
                    top = value if top is None else max(top, value)
                if value > max_deg:
                    steep.append(part)
        return {"steep": union(steep), "unknown": union(unknown), "class_area_m2": classes,
                "mean_slope_deg": weighted / known if known else None, "max_slope_deg": top,
                "reason": "outside-coverage" if outside > inside_gap else "no-data"}


def from_zones(clipped, max_deg, working):
    """The same from 坡度图 polygons (PDJB 1–5): mean and maximum cannot be known. -> dict as above, unknown empty."""
    first_steep = {2.0: 2, 6.0: 3, 15.0: 4, 25.0: 5}[float(max_deg)]
    by_class = {k: union([g for level, g in clipped if level == k]) for k in range(1, 6)}
    return {"steep": union([g for level, g in clipped if level >= first_steep]), "unknown": EMPTY,
            "class_area_m2": [area_m2(by_class[k], working) for k in range(1, 6)],
            "mean_slope_deg": None, "max_slope_deg": None, "reason": "outside-coverage"}
