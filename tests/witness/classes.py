"""Land classes by code system: which group a code belongs to (CONTRACT §3.1, DOMAIN §2)."""

CONSTRUCTION_10 = {"1001", "1002", "1003", "1004", "1005", "1007", "1008", "1009"}
TD3_BY_FOUR = {**{c: "construction" for c in CONSTRUCTION_10}, "1109": "construction", "1201": "construction",
               "1202": "facility", "1101": "water", "1102": "water", "1103": "water", "1104": "water",
               "1107": "water", "1110": "water"}
TD3_BY_TWO = {"01": "farmland", "02": "orchard", "03": "forest", "04": "grassland",
              **{c: "construction" for c in ("05", "06", "07", "08", "09")}}
TD2_BY_THREE = {"122": "facility", "121": "construction", "104": "other", "115": "other", "116": "other",
                "119": "water", "118": "construction",
                **{c: "construction" for c in ("101", "102", "105", "106", "107")},
                **{c: "water" for c in ("111", "112", "113", "114", "117")}}
TD2_BY_TWO = {"01": "farmland", "02": "orchard", "03": "forest", "04": "grassland", "20": "construction"}


def code_system(codes):
    """td2 where every code has three digits, td3 otherwise; 用地用海 is not read here."""
    lengths = {len(c) for c in codes if c}
    return "td2" if lengths == {3} else "td3"


def group_of(code, system):
    if system == "td2":
        return TD2_BY_THREE.get(code[:3]) or TD2_BY_TWO.get(code[:2], "other")
    return TD3_BY_FOUR.get(code[:4]) or TD3_BY_TWO.get(code[:2], "other")


def is_farmland(code):
    return code.startswith("01")
