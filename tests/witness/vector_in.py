"""A vector file (zipped shapefile, GeoJSON) as features: attributes, valid geometry in the working plane, fault."""
import json
from dataclasses import dataclass

import shapefile_in
from planes import DEGREES, plane_of
from shapes import assemble


@dataclass
class Feature:
    row: int  # from 1, in file order
    attributes: dict
    geometry: object  # valid and polygonal, in the working plane; empty for a null shape
    fault: str | None  # what was invalid before the repair


def read_rows(path):
    """-> (plane, [(attributes, rings or None)])."""
    if path.lower().endswith(".zip"):
        prj, rows = shapefile_in.read_zip(path)
        return plane_of(prj), rows
    with open(path, encoding="utf-8-sig") as file:
        collection = json.load(file)
    named = collection.get("crs", {}).get("properties", {}).get("name")
    plane = DEGREES if named is None or "CRS84" in named else plane_of(named)
    return plane, [(_texts(f.get("properties") or {}), _rings(f.get("geometry"))) for f in collection["features"]]


def _texts(properties):
    return {k: None if v is None or str(v).strip() == "" else str(v).strip() for k, v in properties.items()}


def _rings(geometry):
    if geometry is None or not geometry.get("coordinates"):
        return None
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(p[0], p[1]) for p in ring] for polygon in polygons for ring in polygon]


def read_features(path, working):
    plane, rows = read_rows(path)
    features = []
    for i, (attributes, rings) in enumerate(rows):
        geometry, fault = assemble(rings, plane, working)
        features.append(Feature(i + 1, attributes, geometry, fault))
    return features


def attribute(attributes, aliases):
    """The first alias present (case-blind, names cut at 10 bytes in GBK or UTF-8 included) -> its text or None."""
    by_name = {name.upper(): value for name, value in attributes.items()}
    for alias in aliases:
        for name in {alias, _cut(alias, "gb18030"), _cut(alias, "utf-8")}:
            if name.upper() in by_name:
                return by_name[name.upper()]
    return None


def _cut(name, encoding):
    return name.encode(encoding)[:10].decode(encoding, "ignore")
