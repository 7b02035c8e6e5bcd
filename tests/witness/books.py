"""Books of a parcel: its area split into pieces that never overlap, each with every reason it has."""
from shapes import area_m2, split

STRENGTH = ("deduct", "restore", "remediate")


def pieces_of(ctx, parcel, masks):
    """masks: [(check id, measure, geometry in the parcel)] in table order -> [{reasons, measure, area_m2}].

    The parcel is cut by one mask after the other; a face keeps the list of masks it lies in.
    """
    faces = [((), parcel.geometry)]
    for mark, (_, _, mask) in enumerate(masks):
        if mask.is_empty:
            continue
        cut = []
        for marks, face in faces:
            inside, rest = split(face, mask)
            if inside.is_empty:
                cut.append((marks, face))
                continue
            cut.append((marks + (mark,), inside))
            if not rest.is_empty:
                cut.append((marks, rest))
        faces = cut
    for mark, (check, _, mask) in enumerate(masks):
        cut_m2 = sum(face.area for marks, face in faces if mark in marks)
        if abs(cut_m2 - mask.area) > max(0.05, 1e-6 * mask.area):
            raise SystemExit(f"{parcel.parcel_id}: pieces of {check} are {cut_m2} m² in the plane, its mask {mask.area}")
    sums = {}
    for marks, face in faces:
        if not marks:
            continue
        reasons = tuple(dict.fromkeys(masks[m][0] for m in marks))
        measure = min((masks[m][1] for m in marks), key=STRENGTH.index)
        sums[(reasons, measure)] = sums.get((reasons, measure), 0.0) + area_m2(face, ctx.working)
    return [{"reasons": list(reasons), "measure": measure, "area_m2": area}
            for (reasons, measure), area in sorted(sums.items())]


def books_of(parcel, pieces, any_undetermined):
    """-> the four books and the unverified part of what is kept; they sum to the parcel by construction."""
    sums = {measure: sum(p["area_m2"] for p in pieces if p["measure"] == measure) for measure in STRENGTH}
    kept = parcel.area_m2 - sum(sums.values())
    if abs(kept) < 1e-3:
        kept = max(kept, 0.0)
    books = {f"{measure}_area_m2": sums[measure] for measure in STRENGTH}
    books["kept_area_m2"] = kept
    books["kept_unverified_area_m2"] = kept if any_undetermined else 0.0
    return books
