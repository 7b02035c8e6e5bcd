"""Parcels as the witness knows them: attributes by alias, dates, project years, the unit of the declared area."""
import datetime
import re
from dataclasses import dataclass, field

from shapes import area_m2
from vector_in import attribute, read_features

ALIASES = {
    "parcel_id": ["DKBH", "TBBH", "BSM", "地块编号", "图斑编号", "PARCEL_ID", "ID"],
    "project_code": ["XMBH", "备案编号", "项目备案编号", "项目编号", "PROJECT_CODE"],
    "project_name": ["XMMC", "项目名称"],
    "township": ["XZMC", "XZQMC", "乡镇名称", "乡镇"],
    "declared": ["XZMJ", "DKMJ", "TBMJ", "图斑面积", "地块面积", "面积"],
    "declared_net": ["XZGDMJ", "BCGDMJ", "新增耕地面积"],
    "plot_type": ["DKLX", "图斑类型", "地块类型"],
    "acceptance_date": ["YSRQ", "验收日期"],
}
UNITS = {"m2": 1.0, "hectare": 10_000.0, "mu": 2000.0 / 3.0}
ON_FARMLAND_BY_PURPOSE = {"提质", "改造", "提质改造", "田坎整治"}


@dataclass
class Parcel:
    parcel_set: int
    row: int
    parcel_id: str
    geometry: object
    fault: str | None
    area_m2: float
    project_code: str | None
    project_name: str | None
    township: str | None
    plot_type: str | None
    acceptance_date: datetime.date | None
    declared_area_m2: float | None = None
    declared_net_m2: float | None = None
    attributes: dict = field(default_factory=dict)

    @property
    def row_key(self):
        """Place in upload order: sets as given, rows as filed."""
        return self.parcel_set, self.row

    @property
    def start_year(self):
        code = self.project_code
        return int(code[6:10]) if code and re.fullmatch(r"\d{14}", code) else None


def parse_date(text):
    """20221015, 2022-10-15, 2022/10/15, 2022.10.15, 2022年10月15日 -> date; anything else None."""
    found = re.match(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})", text or "") if text and not re.fullmatch(r"\d{8}", text) \
        else re.match(r"(\d{4})(\d{2})(\d{2})", text or "")
    try:
        return datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _number(text):
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def read_parcels(path, working, parcel_set, field_map):
    """Parcels of one upload in file order; `field_map` {name: attribute} goes before the aliases."""
    aliases = {k: ([field_map[k]] if k in field_map else v) for k, v in ALIASES.items()}
    parcels, declared = [], {"declared": [], "declared_net": []}
    for feature in read_features(path, working):
        text = {k: attribute(feature.attributes, names) for k, names in aliases.items()}
        parcels.append(Parcel(
            parcel_set=parcel_set, row=feature.row, parcel_id=text["parcel_id"] or str(feature.row),
            geometry=feature.geometry, fault=feature.fault, area_m2=area_m2(feature.geometry, working),
            project_code=text["project_code"], project_name=text["project_name"], township=text["township"],
            plot_type=text["plot_type"], acceptance_date=parse_date(text["acceptance_date"]),
            attributes=feature.attributes))
        for key, values in declared.items():
            values.append(_number(text[key]))
    for key, target in (("declared", "declared_area_m2"), ("declared_net", "declared_net_m2")):
        unit = nearest_unit(declared[key], [p.area_m2 for p in parcels])
        for parcel, value in zip(parcels, declared[key]):
            setattr(parcel, target, None if value is None else value * UNITS[unit])
    if len({p.parcel_id for p in parcels}) < len(parcels):
        for parcel in parcels:
            parcel.parcel_id = f"{parcel.project_code}/{parcel.parcel_id}"
        if len({p.parcel_id for p in parcels}) < len(parcels):
            raise SystemExit(f"{path}: parcel ids repeat within a project")
    return parcels


def nearest_unit(values, areas):
    """The unit that brings the declared sum nearest to the computed sum, over the rows that declare one."""
    pairs = [(v, a) for v, a in zip(values, areas) if v is not None]
    computed = sum(a for _, a in pairs)
    return min(UNITS, key=lambda unit: abs(sum(v for v, _ in pairs) * UNITS[unit] - computed))
