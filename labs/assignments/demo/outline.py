"""The labs that an installation begins with: words, data, files, and the run that works on them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class DemoLabOutline:
    """A lab of the demo; its notebook, files and wrong answers lie in a folder of its name."""

    code: str
    run: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    dataset: str | None
    files: tuple[str, ...] = ()
    is_required: bool = False

    @property
    def identity(self) -> uuid.UUID:
        """Known beforehand, because the lesson that leads to the lab is made before the lab."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"chengxue:lab:{self.code}")

    @property
    def folder(self) -> Path:
        """Where the lab lies."""
        return HERE / self.code.replace("-", "_")

    @property
    def source(self) -> bytes:
        """The instructor's notebook."""
        return (self.folder / f"{self.folder.name}.ipynb").read_bytes()

    @property
    def contents(self) -> dict[str, bytes]:
        """Files that stand beside the notebook."""
        return {name: (self.folder / name).read_bytes() for name in self.files}

    @property
    def wrong_answers(self) -> dict[str, bytes]:
        """Notebooks that must fail: the solution with one answer replaced, by the mistake that was made."""
        return {
            title: json.dumps(notebook, ensure_ascii=False).encode()
            for title, _, notebook in (
                wrong_answer(self.source, path) for path in sorted(self.folder.glob("wrong/*.txt"))
            )
        }


def wrong_answer(source: bytes, path: Path) -> tuple[str, str, dict[str, Any]]:
    """Return title, replaced cell and notebook of a wrong answer; its first line is `# <cell> <title>`."""
    head, _, code = path.read_text("utf-8").partition("\n")
    cell, _, title = head.removeprefix("# ").partition(" ")
    notebook: dict[str, Any] = json.loads(source)
    found: Mapping[str, dict[str, Any]] = {one["id"]: one for one in notebook["cells"]}
    found[cell]["source"] = code.strip("\n")
    return title, cell, notebook


PARKING = DemoLabOutline(
    code="parking-guidance",
    run="cdp-2026",
    title="停车诱导：泊位供需与预测",
    title_en="Parking guidance: supply, demand and forecast",
    summary="用真实的城市停车场占用数据，完成清洗、分时占用率、需求预测和诱导阈值，找出应当引导驾驶人前往的停车场。",
    summary_en=(
        "Clean real car-park occupancy data, compute occupancy by hour, forecast demand, set thresholds, and find the car "
        "parks to which drivers should be guided."
    ),
    dataset="birmingham-parking",
    is_required=True,
)
LABS = (
    PARKING,
    DemoLabOutline(
        code="air-quality",
        run="col-2026",
        title="空气质量：缺测、异常与预警",
        title_en="Air quality: gaps, anomalies and warnings",
        summary="从每小时的 PM2.5 读数到有效日均值、分指数与等级，标出异常跳数，按持续天数给出预警级别。",
        summary_en="From hourly PM2.5 to valid daily means, index and levels; mark suspicious readings and grade warnings.",
        dataset="beijing-pm25",
    ),
    DemoLabOutline(
        code="water-network",
        run="col-2026",
        title="供水管网数字孪生：爆管推演",
        title_en="Water network twin: a pipe bursts",
        summary="用 wntr 计算一座城市管网的压力，模拟主干管爆裂，找出受影响和会断水的节点，给管段按重要性排序。",
        summary_en=(
            "Compute pressures of a city's network with wntr, let a main burst, find who loses pressure or water, and rank "
            "pipes by what depends on them."
        ),
        dataset="ky4-network",
    ),
    DemoLabOutline(
        code="public-toilets",
        run="col-2026",
        title="公厕与环卫设施：覆盖分析与选址",
        title_en="Public toilets: coverage and new sites",
        summary="把经纬度换成米，计算人流点到公厕的距离与覆盖率，找出空白片区，为新建公厕选址。",
        summary_en=(
            "Turn coordinates into meters, compute distance and coverage of toilets, find gaps and choose new sites. Data © "
            "OpenStreetMap contributors, ODbL 1.0."
        ),
        dataset="helsinki-amenities",
    ),
    DemoLabOutline(
        code="student-deidentification",
        run="col-2026",
        title="去标识化：把 k = 1 变成 k = 5",
        title_en="De-identification: from k = 1 to k = 5",
        summary="在一份合成的在线学习记录里亲手找出唯一的人，用泛化与隐去达到 k = 5，并看懂差分攻击。",
        summary_en=(
            "Find people who stand alone in synthetic learner records, reach k = 5 by generalizing and suppressing, and "
            "understand differencing."
        ),
        dataset=None,
        files=("students_twin.csv", "students_twin.json", "recipe.json"),
    ),
)
