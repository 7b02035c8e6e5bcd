"""Totals over parcels, as summary.json names them."""
BOOKS = ("deduct_area_m2", "restore_area_m2", "remediate_area_m2", "kept_area_m2", "kept_unverified_area_m2")
OUTCOMES = ("pass", "fail", "undetermined", "not_applicable")
VERDICTS = ("compliant", "non_compliant", "undetermined")


def _verdicts(rows):
    return {v: sum(r["verdict"] == v for r in rows) for v in VERDICTS}


def _declared(rows):
    """Where no parcel declares anything the sum is not known, which is not 0."""
    given = [r["declared_area_m2"] for r in rows if r["declared_area_m2"] is not None]
    return sum(given) if given else None


def _group(rows, key, extra):
    groups = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return [{key: name, **{e: members[0][e] for e in extra}, "parcel_count": len(members),
             "declared_area_m2": _declared(members),
             "area_m2": sum(m["area_m2"] for m in members),
             **{b: sum(m[b] for m in members) for b in BOOKS}, "by_verdict": _verdicts(members)}
            for name, members in sorted(groups.items(), key=lambda kv: (kv[0] is None, kv[0] or ""))]


def summarise(rows, check_ids):
    by_check = {}
    for check in check_ids:
        found = [r["checks"][check] for r in rows]
        by_check[check] = {o: sum(f["outcome"] == o for f in found) for o in OUTCOMES}
        by_check[check]["area_m2"] = sum(f.get("area_m2") or 0.0 for f in found if f["outcome"] == "fail")
    return {"parcel_count": len(rows), "area_m2": sum(r["area_m2"] for r in rows),
            **{b: sum(r[b] for r in rows) for b in BOOKS}, "by_verdict": _verdicts(rows), "by_check": by_check,
            "by_project": _group(rows, "project_code", ("project_name",)), "by_township": _group(rows, "township", ())}
