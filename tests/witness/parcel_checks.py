"""The checks that look at the parcels themselves: geometry, declared area, overlaps, and the slope under them."""
from shapely.prepared import prep
from shapely.strtree import STRtree

from shapes import EMPTY, area_m2, only_polygons, union
from slope_check import from_zones
from vector_checks import judge, not_applicable, outside_coverage, undetermined
from vector_in import attribute


def parcel_geometry(ctx, parcel):
    """Invalid, empty, duplicate, too small, wholly outside the county: fail. Partly outside is only told."""
    codes, failed = [], False
    if parcel.geometry.is_empty:
        codes, failed = ["empty"], True
    else:
        if parcel.fault:
            codes, failed = codes + ["invalid-ring"], True
        if parcel.row_key in ctx.duplicates:
            codes, failed = codes + ["duplicate"], True
        if parcel.area_m2 < ctx.params["parcel-geometry"]["min_parcel_m2"]:
            codes, failed = codes + ["too-small"], True
        if ctx.boundary is not None:
            outside = area_m2(outside_coverage(ctx, parcel), ctx.working)
            if not ctx.boundary.clip(parcel.geometry):
                codes, failed = codes + ["outside-boundary"], True
            elif outside > 0.01:
                codes.append("partly-outside")
    return {"outcome": "fail" if failed else "pass", "problems": codes}, []


def area_mismatch(ctx, parcel):
    params = ctx.params["area-mismatch"]
    tolerance = max(params["tolerance_m2"], params["tolerance_share"] * parcel.area_m2)
    declared, net = parcel.declared_area_m2, parcel.declared_net_m2
    if declared is None and net is None:
        return not_applicable(), []
    difference = (declared if declared is not None else net) - parcel.area_m2
    bad = abs(difference) > tolerance if declared is not None else difference > tolerance
    return {"outcome": "fail" if bad else "pass", "declared_area_m2": declared, "difference_m2": difference}, []


def steep_slope(ctx, parcel):
    params = ctx.params["steep-slope"]
    limit = float(params["max_slope_deg"])
    source = ctx.slope_source(params["source"])
    if source is None:
        return undetermined("layer-missing"), []
    if source == "slope-zones":
        clipped = [(int(attribute(f.attributes, ["PDJB"]) or 0), g)
                   for f, g in ctx.masks["slope-zones"].clip(parcel.geometry)]
        found = from_zones(clipped, limit, ctx.working)
        found["unknown"] = outside_coverage(ctx, parcel)
    else:
        found = ctx.grids[source].measure(parcel.geometry, limit)
    banned = ctx.masks["steep-ban"].covered(parcel.geometry) if "steep-ban" in ctx.masks else EMPTY
    steep = union([found["steep"], banned])
    unknown = found["unknown"] if banned.is_empty else only_polygons(found["unknown"].difference(banned))
    result = judge(ctx, parcel, "steep-slope", steep, unknown, found["reason"], source=source,
                   mean_slope_deg=found["mean_slope_deg"], max_slope_deg=found["max_slope_deg"],
                   class_area_m2=found["class_area_m2"])
    return result, [("deduct", steep)]


NAMED_FROM_M2 = 0.01  # corners kept to the millimetre on a shared edge make slivers of less


# --- parcels against parcels ----------------------------------------------------------------------------------------

def without_earlier_versions(parcels):
    """A parcel that a later set of the run files anew takes no part in overlaps."""
    latest = {}
    for p in parcels:
        if p.project_code:
            key = (p.project_code, p.parcel_id)
            latest[key] = max(latest.get(key, p.parcel_set), p.parcel_set)
    return [p for p in parcels if latest.get((p.project_code, p.parcel_id), p.parcel_set) == p.parcel_set]


def find_shared(parcels):
    """-> {row_key: [(other, shared geometry)]} of all pairs with area in common."""
    active = [p for p in parcels if not p.geometry.is_empty]
    shapes = [p.geometry for p in active]
    tree = STRtree(shapes)
    number = {id(g): i for i, g in enumerate(shapes)}
    shared = {}
    for i, parcel in enumerate(active):
        prepared = prep(parcel.geometry)
        for found in tree.query(parcel.geometry):
            j = number[id(found)] if hasattr(found, "bounds") else int(found)
            if j <= i or not prepared.intersects(shapes[j]):
                continue
            common = only_polygons(parcel.geometry.intersection(shapes[j]))
            if not common.is_empty:
                shared.setdefault(parcel.row_key, []).append((active[j], common))
                shared.setdefault(active[j].row_key, []).append((parcel, common))
    return shared


def find_duplicates(parcels, shared):
    """Row keys of all parcels whose shape equals that of one before them in upload order."""
    by_key = {p.row_key: p for p in parcels}
    later = set()
    for key, others in shared.items():
        parcel = by_key[key]
        for other, _ in others:
            if other.row_key < key and abs(other.area_m2 - parcel.area_m2) < 1e-3 \
                    and other.geometry.equals(parcel.geometry):
                later.add(key)
    return later


def parcel_overlap(ctx, parcel):
    """Fails on all it shares; into the books goes only what it shares with those it must yield to."""
    others = ctx.shared.get(parcel.row_key, [])
    common = union([g for _, g in others])
    named = sorted(o.parcel_id for o, g in others if area_m2(g, ctx.working) >= NAMED_FROM_M2)
    result = judge(ctx, parcel, "parcel-overlap", common, EMPTY, **{"with": named})
    rank = (parcel.parcel_set, parcel.parcel_id)
    carried = union([g for other, g in others if (other.parcel_set, other.parcel_id) < rank])
    return result, [("deduct", carried)]
