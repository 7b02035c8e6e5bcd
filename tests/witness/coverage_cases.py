"""Cells covered by polygons, and slopes of parcels, by GEOS: writes tests/terrain/coverage-by-geos.json.

Run once: /usr/bin/python3 tests/witness/coverage_cases.py > tests/terrain/coverage-by-geos.json
Every cell is a box, intersected with the polygon; nothing of server/ is used. Seeded: the same cases each time.
"""
import json
import math
import random

from shapely.geometry import MultiPolygon, Polygon, box
from shapely.ops import unary_union

random.seed(20240607)


def star(x, y, radius, points, jag=0.6):
    turn = random.uniform(0, 2 * math.pi)
    out = []
    for i in range(points):
        r = radius * random.uniform(1 - jag, 1)
        out.append((x + r * math.cos(turn + 2 * math.pi * i / points), y + r * math.sin(turn + 2 * math.pi * i / points)))
    return Polygon(out)


def rings_of(shape):
    parts = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]
    rings = [list(r.coords) for p in parts for r in [p.exterior, *p.interiors]]
    for ring in rings:  # direction must not matter
        if random.random() < 0.5:
            ring.reverse()
    random.shuffle(rings)
    return [[round(v, 12) if abs(v) < 1000 else v for point in ring for v in point] for ring in rings]


def slope_at(row, col):
    """A made-up raster: no value in every seventh cell, else 0..45 degrees, with exact 2, 6, 15 and 25 among them."""
    return None if (row * 3 + col) % 7 == 0 else float((row * 11 + col * 5) % 46)


def shapes():
    x0, y0 = 36532410.0, 3214680.0  # Gauss–Krüger with zone before the easting, cells of 30 m
    cell = 30.0
    at = lambda col, row: (x0 + col * cell, y0 - row * cell)
    for n in range(12):
        cx, cy = at(random.uniform(3, 9), random.uniform(3, 9))
        yield f"parcel {n}", star(cx, cy, random.uniform(20, 120), random.randint(5, 40)), (x0, y0, cell, cell)
    for n in range(6):
        cx, cy = at(random.uniform(2, 9), random.uniform(2, 9))
        yield f"smaller than a cell {n}", star(cx, cy, random.uniform(0.5, 12), 7), (x0, y0, cell, cell)
    for n in range(6):
        cx, cy = at(6, 6)
        outer = star(cx, cy, 150, 24, 0.3)
        holes = unary_union([star(cx - 40, cy, 25, 9), star(cx + 45, cy + 10, 20, 6), star(cx, cy - 50, 4, 5)])
        yield f"holes {n}", outer.difference(holes), (x0, y0, cell, cell)
    for n in range(4):
        cx, cy = at(6, 6)
        ring = star(cx, cy, 160, 30, 0.2).difference(star(cx, cy, 90, 20, 0.2))
        yield f"island in a hole {n}", unary_union([ring, star(cx, cy, 45, 11)]), (x0, y0, cell, cell)
    for n in range(4):
        parts = [star(*at(2 + 4 * i, 3 + 3 * i), 55, 8) for i in range(3)]
        yield f"three parts {n}", unary_union(parts), (x0, y0, cell, cell)
    for n in range(4):  # every vertex on a corner of the grid, every edge along or across it
        cols, rows = sorted(random.sample(range(1, 11), 3)), sorted(random.sample(range(1, 11), 3))
        points = [at(cols[0], rows[0]), at(cols[2], rows[0]), at(cols[2], rows[2]), at(cols[1], rows[1]), at(cols[0], rows[2])]
        yield f"corners of cells {n}", Polygon(points), (x0, y0, cell, cell)
    for n in range(3):
        ax, ay = at(random.uniform(0.5, 2), random.uniform(0.5, 11))
        bx, by = at(random.uniform(9, 11.5), random.uniform(0.5, 11))
        yield f"strip of a metre {n}", Polygon([(ax, ay), (bx, by), (bx + 0.7, by + 0.7), (ax + 0.7, ay + 0.7)]), (x0, y0, cell, cell)
    for n in range(4):  # reaches outside the raster on one or two sides
        cx, cy = at(random.choice([-1, 0.5, 11.5, 13]), random.choice([-0.5, 6, 12.5]))
        yield f"partly outside {n}", star(cx, cy, 110, 16), (x0, y0, cell, cell)
    for n in range(3):  # degrees, cells that are not square
        gx, gy = 108.4, 28.9
        dx, dy = 0.0003, 0.00025
        yield f"degrees {n}", star(gx + 6 * dx, gy - 6 * dy, 4 * dy, 17), (gx, gy, dx, dy)


def coverage(shape, grid, rows, cols):
    x0, y0, dx, dy = grid
    out = []
    for r in range(rows):
        for c in range(cols):
            cell = box(x0 + c * dx, y0 - (r + 1) * dy, x0 + (c + 1) * dx, y0 - r * dy)
            out.append(shape.intersection(cell).area / cell.area)
    return out


def case(name, shape, grid):
    rows = cols = 12
    shares = coverage(shape, grid, rows, cols)
    x0, y0, dx, dy = grid
    area = shape.area / (dx * dy)
    known = steep = degrees = 0.0
    classes, highest, boxes = [0.0] * 5, None, []
    for i, share in enumerate(shares):
        slope = slope_at(i // cols, i % cols)
        if share <= 0 or slope is None:
            continue
        known += share
        degrees += share * slope
        classes[sum(slope > edge for edge in (2, 6, 15, 25))] += share
        if share > 1e-9:
            highest = slope if highest is None else max(highest, slope)
        if slope > 25:
            steep += share
            boxes.append(box(x0 + i % cols * dx, y0 - (i // cols + 1) * dy, x0 + (i % cols + 1) * dx, y0 - i // cols * dy))
    return {
        "name": name,
        "grid": grid,
        "rings": rings_of(shape),
        "area_cells": area,
        "coverage": [round(s, 10) for s in shares],
        "known_share": known / area,
        "mean_deg": degrees / known if known else None,
        "max_deg": highest,
        "class_share": [c / area for c in classes],
        "steep_share": steep / area,
        "steep_area": shape.intersection(unary_union(boxes)).area if boxes else 0,
    }


def main():
    cases = []
    for name, shape, grid in shapes():
        if shape.geom_type == "MultiPolygon":
            shape = MultiPolygon([p for p in shape.geoms if p.area > 0])
        if shape.is_valid and not shape.is_empty and shape.geom_type in ("Polygon", "MultiPolygon"):
            cases.append(case(name, shape, grid))
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    print('{"raster":{"rows":12,"cols":12,"slope":"none where (3 row + col) % 7 = 0, else (11 row + 5 col) % 46"},"cases":[')
    print(lines)
    print("]}")


main()
