"""A vector layer cut into small pieces with an index, so that clipping it to a parcel is cheap."""
from shapely.geometry import box
from shapely.prepared import prep
from shapely.strtree import STRtree

from shapes import EMPTY, only_polygons, polygons_of, union

MAX_VERTICES = 200


def _vertices(polygon):
    return len(polygon.exterior.coords) + sum(len(r.coords) for r in polygon.interiors)


def subdivide(geometry, depth=0):
    """Disjoint small polygons whose union is the geometry: halved across the longer side until few vertices remain."""
    pieces = []
    for polygon in polygons_of(geometry):
        if _vertices(polygon) <= MAX_VERTICES or depth >= 24:
            pieces.append(polygon)
            continue
        x1, y1, x2, y2 = polygon.bounds
        if x2 - x1 >= y2 - y1:
            middle = (x1 + x2) / 2
            halves = box(x1, y1, middle, y2), box(middle, y1, x2, y2)
        else:
            middle = (y1 + y2) / 2
            halves = box(x1, y1, x2, middle), box(x1, middle, x2, y2)
        for half in halves:
            pieces += subdivide(polygon.intersection(half), depth + 1)
    return pieces


class Mask:
    """clip(parcel) -> [(feature, geometry of that feature inside the parcel)], empty where nothing has area."""

    def __init__(self, features):
        self.features = features
        self.pieces, self.owner = [], []
        for feature in features:
            for piece in subdivide(feature.geometry):
                self.pieces.append(piece)
                self.owner.append(feature)
        self.tree = STRtree(self.pieces) if self.pieces else None
        self.number = {id(p): i for i, p in enumerate(self.pieces)}

    def _near(self, geometry):
        if self.tree is None:
            return []
        found = self.tree.query(geometry)  # geometries in Shapely 1.8, numbers in 2.x
        return sorted(self.number[id(f)] if hasattr(f, "bounds") else int(f) for f in found)

    def clip(self, parcel):
        if parcel.is_empty:
            return []
        prepared = prep(parcel)
        inside = {}
        for i in self._near(parcel):
            piece = self.pieces[i]
            if prepared.contains(piece):
                part = piece
            elif prepared.intersects(piece):
                part = only_polygons(piece.intersection(parcel))
            else:
                continue
            if not part.is_empty:
                inside.setdefault(self.owner[i].row, (self.owner[i], []))[1].append(part)
        return [(feature, union(parts)) for feature, parts in (inside[row] for row in sorted(inside))]

    def covered(self, parcel):
        """The part of the parcel that lies in the layer."""
        parts = [geometry for _, geometry in self.clip(parcel)]
        return union(parts) if parts else EMPTY
