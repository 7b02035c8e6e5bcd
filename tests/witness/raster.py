"""A raster as numbers and cells: read by gdal_translate into raw float64, Horn slope of an elevation model."""
import json
import os
import subprocess
import tempfile

import numpy as np

from planes import plane_of

A, E2 = 6378137.0, 2 / 298.257222101 - 1 / 298.257222101**2


class Raster:
    """values[row, column], NaN where there is no value; cell (r, c) spans x0 + c·dx … and y0 + r·dy … (dy < 0)."""

    def __init__(self, values, x0, y0, dx, dy, plane):
        self.values, self.x0, self.y0, self.dx, self.dy, self.plane = values, x0, y0, dx, dy, plane


def read_raster(path):
    info = json.loads(subprocess.run(["gdalinfo", "-json", path], check=True, capture_output=True).stdout)
    x0, dx, rx, y0, ry, dy = info["geoTransform"]  # GDAL has moved a PixelIsPoint grid to cell corners
    if rx or ry or dx <= 0 or dy >= 0:
        raise SystemExit(f"{path}: rotated or south-up")
    columns, rows = info["size"]
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw.img")
        subprocess.run(["gdal_translate", "-q", "-of", "ENVI", "-ot", "Float64", "-b", "1", path, raw], check=True)
        values = np.fromfile(raw, dtype=np.float64).reshape(rows, columns).copy()
    no_data = info["bands"][0].get("noDataValue")
    if no_data is not None and no_data != "NaN":
        values[values == np.float64(no_data)] = np.nan
    values[~np.isfinite(values)] = np.nan
    return Raster(values, x0, y0, dx, dy, plane_of(info["coordinateSystem"]["wkt"]))


def horn(dem):
    """Slope in degrees by Horn's 3×3 weights; the border and any window with a missing cell have none.

    A grid in degrees is measured per row: one degree of latitude is M·π/180, of longitude N·cos φ·π/180.
    """
    z = dem.values
    rows, _ = z.shape
    a, b, c = z[:-2, :-2], z[:-2, 1:-1], z[:-2, 2:]
    d, f = z[1:-1, :-2], z[1:-1, 2:]
    g, h, i = z[2:, :-2], z[2:, 1:-1], z[2:, 2:]
    if dem.plane.kind == "degrees":
        latitude = np.radians(dem.y0 + dem.dy * (np.arange(1, rows - 1) + 0.5))[:, None]
        w = np.sqrt(1 - E2 * np.sin(latitude) ** 2)
        step_x = np.radians(dem.dx) * A / w * np.cos(latitude)
        step_y = np.radians(-dem.dy) * A * (1 - E2) / w**3
    else:
        step_x, step_y = dem.dx, -dem.dy
    dz_dx = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * step_x)
    dz_dy = ((a + 2 * b + c) - (g + 2 * h + i)) / (8 * step_y)
    slope = np.full(z.shape, np.nan)
    slope[1:-1, 1:-1] = np.degrees(np.arctan(np.hypot(dz_dx, dz_dy)))
    slope[1:-1, 1:-1][np.isnan(z[1:-1, 1:-1])] = np.nan  # Horn does not weigh the centre, the rule does
    return Raster(slope, dem.x0, dem.y0, dem.dx, dem.dy, dem.plane)
