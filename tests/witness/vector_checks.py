"""The checks that cut a parcel by polygons: each gives an outcome and the masks that go into the books.

A result is {outcome, reason?, area_m2, unknown_area_m2, …}; a mask is (measure, geometry inside the parcel).
"""
import datetime

from classes import group_of, is_farmland
from parcels import ON_FARMLAND_BY_PURPOSE, parse_date
from shapes import EMPTY, area_m2, only_polygons, union
from vector_in import attribute

APPROVAL_NUMBER = ["PZWH", "批准文号", "用地批准文号"]
APPROVAL_DATE = ["PZRQ", "PZSJ", "批准日期", "批准时间"]
ISSUE_MEASURE = ["ZGCS", "整改措施", "建议处置"]
MEASURE_WORDS = (("核减", "deduct"), ("恢复", "restore"), ("撂荒", "remediate"))


def undetermined(reason):
    return {"outcome": "undetermined", "reason": reason, "area_m2": None, "unknown_area_m2": None}


def not_applicable(reason=None):
    return {"outcome": "not_applicable", **({"reason": reason} if reason else {})}


def judge(ctx, parcel, check, bad, unknown, reason="outside-coverage", **more):
    """Three values: fail over the threshold, else undetermined with too much unknown, else pass."""
    params = ctx.params[check]
    area = area_m2(bad, ctx.working)
    unknown_area = area_m2(unknown, ctx.working)
    result = {"outcome": "pass", "area_m2": area, "unknown_area_m2": unknown_area, **more}
    if area > params["min_area_m2"]:
        result["outcome"] = "fail"
    elif unknown_area > params["max_unknown_share"] * parcel.area_m2:
        result.update(outcome="undetermined", reason=reason)
    return result


def outside_coverage(ctx, parcel):
    """Where a vector layer other than land use has nothing to say: outside the county, if a boundary is given."""
    return ctx.memo(parcel, "outside", lambda: EMPTY if ctx.boundary is None
                    else only_polygons(parcel.geometry.difference(ctx.boundary.covered(parcel.geometry))))


def hits(ctx, clipped):
    return [{"row": f.row, "area_m2": area_m2(g, ctx.working)} for f, g in clipped]


def eco_red_line(ctx, parcel):
    if "eco-red-line" not in ctx.masks:
        return undetermined("layer-missing"), []
    clipped = ctx.masks["eco-red-line"].clip(parcel.geometry)
    inside = union([g for _, g in clipped])
    result = judge(ctx, parcel, "eco-red-line", inside, outside_coverage(ctx, parcel), hits=hits(ctx, clipped))
    return result, [("deduct", inside)]


def no_levelling(ctx, parcel):
    """Land outside the levelled extent; what lies outside the county is unknown, not unlevelled."""
    if "levelling" not in ctx.masks:
        return not_applicable(), []
    outside = outside_coverage(ctx, parcel)
    bare = only_polygons(parcel.geometry.difference(union([ctx.masks["levelling"].covered(parcel.geometry), outside])))
    return judge(ctx, parcel, "no-levelling", bare, outside), [("deduct", bare)]


def occupied(ctx, parcel):
    if "occupation" not in ctx.masks:
        return not_applicable(), []
    clipped = ctx.masks["occupation"].clip(parcel.geometry)
    owed = [g for f, g in clipped if not _approved_later(f.attributes, parcel)]
    result = judge(ctx, parcel, "occupied", union([g for _, g in clipped]), outside_coverage(ctx, parcel),
                   hits=hits(ctx, clipped))
    return result, [("restore", union(owed))]


def _approved_later(attributes, parcel):
    date = parse_date(attribute(attributes, APPROVAL_DATE))
    return bool(attribute(attributes, APPROVAL_NUMBER) and date and parcel.acceptance_date
                and date > parcel.acceptance_date)


def known_issue(ctx, parcel):
    if "issue" not in ctx.masks:
        return not_applicable(), []
    clipped = ctx.masks["issue"].clip(parcel.geometry)
    by_measure = {}
    for feature, geometry in clipped:
        text = attribute(feature.attributes, ISSUE_MEASURE) or ""
        measure = next((m for word, m in MEASURE_WORDS if word in text), "none")
        by_measure.setdefault(measure, []).append(geometry)
    result = judge(ctx, parcel, "known-issue", union([g for _, g in clipped]), outside_coverage(ctx, parcel),
                   hits=hits(ctx, clipped))
    return result, [(m, union(gs)) for m, gs in sorted(by_measure.items())]


# --- land use -------------------------------------------------------------------------------------------------------

def _land(ctx, parcel, year):
    """[(code, ZZSXDM or None, geometry)] of the classed polygons of that year, and the part no class covers."""
    def cut():
        layer = ctx.land_use[year]
        parts = [(code, attribute(f.attributes, ["ZZSXDM", "GDZZSXDM"]), g)
                 for f, g in layer.mask.clip(parcel.geometry)
                 if (code := (attribute(f.attributes, ["DLBM"]) or "").upper())]
        covered = union([g for *_, g in parts])
        return parts, only_polygons(parcel.geometry.difference(covered))
    return ctx.memo(parcel, ("land", year), cut)


def _areas_by(ctx, keyed):
    groups = {}
    for key, geometry in keyed:
        groups.setdefault(key, []).append(geometry)
    return {key: area_m2(union(parts), ctx.working) for key, parts in sorted(groups.items())}


def prior_farmland(ctx, parcel):
    if parcel.plot_type in ON_FARMLAND_BY_PURPOSE:
        return not_applicable("plot-type"), []
    if not ctx.land_use:
        return undetermined("layer-missing"), []
    params = ctx.params["prior-farmland"]
    given = params.get("base_year")
    start = parcel.start_year
    if given is None and start is None:
        return undetermined("start-year-unknown"), []
    base_year, source = (int(given), "param") if given is not None else (start - 1, "code")
    years = [y for y in ctx.land_use if y <= base_year]
    stated = {"base_year": base_year, "base_year_source": source}
    if not years:
        return {**undetermined("layer-missing"), **stated}, []
    year = max(years)
    if year < base_year - params["max_year_gap"]:
        return {**undetermined("layer-too-old"), **stated, "year": year}, []
    parts, unknown = _land(ctx, parcel, year)
    was = union([g for code, _, g in parts if is_farmland(code)])
    result = judge(ctx, parcel, "prior-farmland", was, unknown, **stated, year=year,
                   by_class=_areas_by(ctx, [(code, g) for code, _, g in parts]))
    return result, [("deduct", was)]


def _newest_or_reason(ctx, parcel):
    if not ctx.land_use:
        return None, "layer-missing"
    year = max(ctx.land_use)
    if parcel.acceptance_date and parcel.acceptance_date > datetime.date(year, 12, 31):
        return None, "layer-too-old"
    return year, None


def not_cultivated(ctx, parcel):
    year, reason = _newest_or_reason(ctx, parcel)
    if reason:
        return undetermined(reason), []
    parts, unknown = _land(ctx, parcel, year)
    system = ctx.land_use[year].system
    other = [(code, mark, g) for code, mark, g in parts if not is_farmland(code)]
    gone = union([g for *_, g in other])
    result = judge(
        ctx, parcel, "not-cultivated", gone, unknown, year=year,
        by_class=_areas_by(ctx, [(code, g) for code, _, g in parts]),
        by_group=_areas_by(ctx, [(group_of(code, system), g) for code, _, g in other]),
        by_recovery=_areas_by(ctx, [(m if m in ("JKHF", "GCHF") else "none", g) for _, m, g in other]))
    return result, [("restore", gone)]


def _by_planting(ctx, parcel, check, mark):
    year, reason = _newest_or_reason(ctx, parcel)
    if reason:
        return undetermined(reason), EMPTY
    parts, uncovered = _land(ctx, parcel, year)
    marked = union([g for code, m, g in parts if is_farmland(code) and (m or "").upper() == mark])
    unmarked = union([g for code, m, g in parts if is_farmland(code) and not m])
    more_uncovered = area_m2(uncovered, ctx.working) >= area_m2(unmarked, ctx.working)
    result = judge(ctx, parcel, check, marked, union([uncovered, unmarked]),
                   "outside-coverage" if more_uncovered else "attribute-missing", year=year)
    return result, marked


def abandoned(ctx, parcel):
    result, idle = _by_planting(ctx, parcel, "abandoned", "WG")
    return result, [("remediate", idle)]


def non_grain(ctx, parcel):
    """Reported, and folded into the verdict only with treat_as_fail."""
    result, _ = _by_planting(ctx, parcel, "non-grain", "FLS")
    if result["outcome"] == "fail" and not ctx.params["non-grain"]["treat_as_fail"]:
        result["outcome"] = "pass"
        if result["unknown_area_m2"] > ctx.params["non-grain"]["max_unknown_share"] * parcel.area_m2:
            result.update(outcome="undetermined", reason="attribute-missing")
    return result, []
