"""Reads a zipped shapefile with nothing but the standard library: shapes as rings of (x, y), attributes as text.

Written from the ESRI white paper and the dBASE III layout, so that a fault of the program's reader is not repeated here.
"""
import struct
import zipfile

LDID_ENCODINGS = {0x4D: "gb18030", 0x4F: "big5", 0x78: "big5", 0x7A: "gb18030"}
CPG_ENCODINGS = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "gb18030": "gb18030",
                 "utf-8": "utf-8", "utf8": "utf-8", "65001": "utf-8"}


def _entry(archive, stem, suffix):
    for name in archive.namelist():
        if name.lower() == f"{stem}{suffix}".lower():
            return archive.read(name)
    return None


def read_zip(path):
    """-> (prj text or None, [(attributes {FIELD: text|None}, rings [[(x, y)]] or None for a null shape)]) in row order."""
    with zipfile.ZipFile(path) as archive:
        shp_names = [n for n in archive.namelist() if n.lower().endswith(".shp")]
        if len(shp_names) != 1:
            raise SystemExit(f"{path}: {len(shp_names)} shapefiles, one is needed")
        stem = shp_names[0][:-4]
        prj = _entry(archive, stem, ".prj")
        cpg = _entry(archive, stem, ".cpg")
        shapes = read_shp(archive.read(shp_names[0]))
        rows = read_dbf(_entry(archive, stem, ".dbf"), cpg.decode("ascii", "replace") if cpg else None)
    if len(rows) != len(shapes):
        raise SystemExit(f"{path}: {len(shapes)} shapes but {len(rows)} rows")
    kept = [(row, rings) for row, rings in zip(rows, shapes) if row is not None]
    return (prj.decode("utf-8", "replace") if prj else None), kept


def read_shp(data):
    """Record chain of a .shp -> one list of rings per record, None for a null shape (type 0)."""
    shapes, at = [], 100
    while at < len(data):
        words = struct.unpack_from(">i", data, at + 4)[0]
        body = at + 8
        shape_type = struct.unpack_from("<i", data, body)[0]
        shapes.append(None if shape_type == 0 else _polygon(data, body, shape_type))
        at = body + 2 * words
    return shapes


def _polygon(data, body, shape_type):
    if shape_type not in (5, 15, 25):
        raise SystemExit(f"shape type {shape_type} is not a polygon")
    n_parts, n_points = struct.unpack_from("<2i", data, body + 36)
    if n_points == 0:
        return None
    starts = list(struct.unpack_from(f"<{n_parts}i", data, body + 44)) + [n_points]
    flat = struct.unpack_from(f"<{2 * n_points}d", data, body + 44 + 4 * n_parts)
    points = list(zip(flat[::2], flat[1::2]))
    return [points[a:b] for a, b in zip(starts, starts[1:])]


def read_dbf(data, cpg):
    """Rows of a .dbf as {FIELD: stripped text or None when blank or starred}; None for a deleted row."""
    n_rows, header_len, row_len = struct.unpack_from("<IHH", data, 4)
    raw_fields, at, offset = [], 32, 1
    while data[at] != 0x0D:
        raw_fields.append((data[at:at + 11].split(b"\0")[0], chr(data[at + 11]), offset, data[at + 16]))
        offset += data[at + 16]
        at += 32
    encoding = _encoding(data, cpg, raw_fields, n_rows, header_len, row_len)
    fields = [(name.decode(encoding, "ignore"), kind, off, width) for name, kind, off, width in raw_fields]
    rows = []
    for i in range(n_rows):
        start = header_len + i * row_len
        if data[start:start + 1] == b"*":
            rows.append(None)
            continue
        row = {}
        for name, kind, off, width in fields:
            cell = data[start + off:start + off + width]
            text = cell.decode("ascii", "replace") if kind in "NFD" else cell.decode(encoding, "replace")
            text = text.strip(" \0")
            row[name] = None if text == "" or set(text) == {"*"} else text
        rows.append(row)
    return rows


def _encoding(data, cpg, fields, n_rows, header_len, row_len):
    """The declared one (.cpg, else LDID) if it decodes everything, else strict UTF-8, else GB18030."""
    declared = CPG_ENCODINGS.get((cpg or "").strip().lower()) or LDID_ENCODINGS.get(data[29])
    texts = [name for name, *_ in fields]
    for i in range(n_rows):
        start = header_len + i * row_len
        texts += [data[start + off:start + off + width].rstrip(b" \0") for _, kind, off, width in fields if kind == "C"]
    for candidate in [c for c in (declared, "utf-8", "gb18030") if c]:
        try:
            for text in texts:
                text.decode(candidate)
            return candidate
        except UnicodeDecodeError:
            continue
    return declared or "gb18030"
