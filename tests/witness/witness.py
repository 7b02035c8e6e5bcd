#!/usr/bin/python3
"""Independent computation of the twelve checks and the books: GEOS in the plane, geodesic areas, no database.

  witness.py --parcels FILE … --layer TYPE[@YEAR]=FILE … [--param CHECK.KEY=VALUE …] [--field NAME=ATTR …]
             [--compact] --out witness.json
"""
import argparse
import json
import sys
import time
import warnings

import numpy as np

import parcel_checks
import vector_checks
from books import books_of, pieces_of
from classes import code_system
from mask import Mask
from parcels import read_parcels
from planes import working_for
from raster import horn, read_raster
from slope_check import SlopeGrid
from summary import summarise
from vector_in import attribute, read_features, read_rows

warnings.filterwarnings("ignore", category=UserWarning, module="pyproj")  # PROJ strings are all it needs
warnings.filterwarnings("ignore", message=".*STRtree will be changed.*")  # both forms of the answer are understood

CHECKS = {  # in the row order of the contract
    "parcel-geometry": parcel_checks.parcel_geometry,
    "area-mismatch": parcel_checks.area_mismatch,
    "eco-red-line": vector_checks.eco_red_line,
    "steep-slope": parcel_checks.steep_slope,
    "prior-farmland": vector_checks.prior_farmland,
    "parcel-overlap": parcel_checks.parcel_overlap,
    "no-levelling": vector_checks.no_levelling,
    "not-cultivated": vector_checks.not_cultivated,
    "abandoned": vector_checks.abandoned,
    "non-grain": vector_checks.non_grain,
    "occupied": vector_checks.occupied,
    "known-issue": vector_checks.known_issue,
}
DEFAULTS = {check: {"min_area_m2": 10.0, "max_unknown_share": 0.01} for check in CHECKS} | {
    "parcel-geometry": {"min_parcel_m2": 0.0}, "area-mismatch": {"tolerance_m2": 1.0, "tolerance_share": 0.01}}
DEFAULTS["steep-slope"] |= {"max_slope_deg": 25.0, "source": "auto"}
DEFAULTS["prior-farmland"] |= {"base_year": None, "max_year_gap": 10}
DEFAULTS["non-grain"] |= {"treat_as_fail": False}


class LandUse:
    def __init__(self, features):
        self.mask = Mask(features)
        self.system = code_system({attribute(f.attributes, ["DLBM"]) or "" for f in features})


class Context:
    """Everything a check may look at: layers as masks, rasters as grids, parameters, what parcels share."""

    def __init__(self, working, params):
        self.working, self.params = working, params
        self.masks, self.grids, self.land_use = {}, {}, {}
        self.shared, self.duplicates, self._memo, self._memo_of = {}, set(), {}, None

    @property
    def boundary(self):
        return self.masks.get("boundary")

    def slope_source(self, wanted):
        present = [s for s in ("slope", "dem", "slope-zones") if s in self.grids or s in self.masks]
        if wanted == "auto":
            return present[0] if present else None
        return wanted if wanted in present else None

    def memo(self, parcel, key, make):
        if self._memo_of is not parcel:
            self._memo, self._memo_of = {}, parcel
        if key not in self._memo:
            self._memo[key] = make()
        return self._memo[key]

    def add_layer(self, text):
        name, path = text.split("=", 1)
        kind, _, year = name.partition("@")
        if kind in ("slope", "dem"):
            raster = read_raster(path)
            self.grids[kind] = SlopeGrid(raster if kind == "slope" else horn(raster), self.working)
        elif kind == "land-use":
            self.land_use[int(year)] = LandUse(read_features(path, self.working))
        else:
            self.masks[kind] = Mask(read_features(path, self.working))


def judge_parcel(ctx, parcel):
    """-> the parcel as one feature's properties of verdicts.geojson."""
    checks, masks = {}, []
    for check, work in CHECKS.items():
        if parcel.geometry.is_empty and check != "parcel-geometry":
            checks[check] = vector_checks.undetermined("geometry-unusable")
            continue
        found, candidates = work(ctx, parcel)
        checks[check] = found
        if found["outcome"] == "fail":
            masks += [(check, measure, mask) for measure, mask in candidates if measure != "none"]
    folded = [f["outcome"] for c, f in checks.items() if c != "non-grain" or ctx.params[c]["treat_as_fail"]]
    verdict = "non_compliant" if "fail" in folded else "undetermined" if "undetermined" in folded else "compliant"
    pieces = pieces_of(ctx, parcel, masks)
    for found in checks.values():
        if found.get("area_m2") is not None and parcel.area_m2 > 0:
            found["share"] = found["area_m2"] / parcel.area_m2
    return {"parcel_id": parcel.parcel_id, "project_code": parcel.project_code, "project_name": parcel.project_name,
            "township": parcel.township or township_at(ctx, parcel), "declared_area_m2": parcel.declared_area_m2,
            "area_m2": parcel.area_m2, "verdict": verdict,
            **books_of(parcel, pieces, "undetermined" in folded), "pieces": pieces, "checks": checks}


def township_at(ctx, parcel):
    if "township" not in ctx.masks or parcel.geometry.is_empty:
        return None
    inner = parcel.geometry.representative_point()
    return next((attribute(f.attributes, ["XZQMC", "XZMC"]) for f in ctx.masks["township"].features
                 if f.geometry.contains(inner)), None)


def parse_params(texts):
    params = {check: dict(values) for check, values in DEFAULTS.items()}
    for text in texts:
        name, value = text.split("=", 1)
        check, key = name.rsplit(".", 1)
        parsed = {"true": True, "false": False}.get(value, value if key == "source" else None)
        parsed = float(value) if parsed is None else parsed
        for target in (params if check == "*" else [check]):
            if check != "*" or key in params[target]:
                params[target][key] = parsed
    return params


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return round(value, 2) + 0.0 if isinstance(value, float) else value


def compact(parcel):
    """What is kept in the repository: figures to 0.01, without zeros and without what the parcel file itself says."""
    said_elsewhere = ("hits", "share", "project_name", "declared_area_m2")
    kept = {k: v for k, v in rounded(parcel).items() if v not in (None, 0, []) and k not in said_elsewhere}
    checks = {}
    for check, finding in kept.pop("checks").items():
        found = {k: {c: a for c, a in v.items() if a} if isinstance(v, dict) else v for k, v in finding.items()}
        found = {k: v for k, v in found.items() if v not in (None, 0, [], {}) and k not in said_elsewhere}
        if found["outcome"] != "fail":
            found = {k: v for k, v in found.items() if not k.startswith("by_")}
        only_words = not set(found) - {"outcome", "reason", "year"}  # "pass", or "undetermined layer-missing"
        checks[check] = " ".join(v for k, v in found.items() if k != "year") if only_words else found
    return {**kept, "checks": checks}


def main(argv):
    parser = argparse.ArgumentParser()
    for name in ("parcels", "layer", "param", "field"):
        parser.add_argument(f"--{name}", action="append", default=[])
    parser.add_argument("--region")
    parser.add_argument("--compact", action="store_true")
    parser.add_argument("--out", required=True)
    args = parser.parse_args(argv)
    started = time.time()
    plane, rows = read_rows(args.parcels[0])
    first = next(rings for _, rings in rows if rings)
    working = working_for(plane, np.asarray(first[0][0], dtype=float))
    ctx = Context(working, parse_params(args.param))
    for layer in args.layer:
        ctx.add_layer(layer)
    field_map = dict(text.split("=", 1) for text in args.field)
    parcels = [p for i, path in enumerate(args.parcels) for p in read_parcels(path, working, i, field_map)]
    ctx.shared = parcel_checks.find_shared(parcel_checks.without_earlier_versions(parcels))
    # a duplicate is one of the upload order, whatever is filed anew later: the contract excepts earlier versions from overlaps alone
    ctx.duplicates = parcel_checks.find_duplicates(parcels, parcel_checks.find_shared(parcels))
    judged = [judge_parcel(ctx, parcel) for parcel in parcels]
    result = {"params": ctx.params, "parcels": judged, "summary": summarise(judged, list(CHECKS))}
    with open(args.out, "w", encoding="utf-8") as file:
        if args.compact:
            lines = ",\n".join(json.dumps(compact(p), ensure_ascii=False, separators=(",", ":")) for p in judged)
            head = json.dumps(rounded(result["summary"]), ensure_ascii=False, separators=(",", ":"))
            file.write(f'{{"summary":{head},\n"parcels":[\n{lines}\n]}}\n')
        else:
            json.dump(result, file, ensure_ascii=False, indent=1)
    print(json.dumps({k: result["summary"][k] for k in ("parcel_count", "area_m2", "by_verdict")}),
          f"{time.time() - started:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
