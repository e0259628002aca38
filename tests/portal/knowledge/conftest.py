"""A small law in two texts, somebody who looks after policies, and things that rest on clauses."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from portal.knowledge import registry
from portal.knowledge.actions import Outcome, import_source
from portal.knowledge.registry import TargetCard, TargetKind, TargetRef
from portal.knowledge.sources import file_source
from portal.users.models import User
from tests.people import Province

NOW = datetime.now().astimezone().replace(microsecond=0)
HEAD = "---\ncode: {code}\nnumber: 试人常〔2023〕8号\nlevel: 地方性法规\nregion: 610000\nversion: {day}\neffective: {day}\n---\n"
FIRST = """# 试验省数据条例

第一章　总则

第一条　为了促进数据利用，制定本条例。

第二条　部门之间共享数据，应当在十个工作日内答复。
不同意共享的，应当说明理由。

第三条　开放数据应当先行去标识化。

第二章　附则

第四条　本条例自2023年1月1日起施行。
"""
SECOND = (
    FIRST.replace("十个工作日", "五个工作日")
    .replace("第三条　开放", "第三条　数据目录每年更新一次。\n\n第五条　开放")
    .replace("第四条　本条例", "第六条　本条例")
)


def law(text: str = FIRST, day: str = "2023-01-01", code: str = "trial-data") -> bytes:
    """Return the law as a file."""
    return (HEAD.format(code=code, day=day) + text).encode()


def take_in(text: str = FIRST, day: str = "2023-01-01", code: str = "trial-data", name: str = "law.md") -> Outcome:
    """Import the law."""
    return import_source(source=file_source(name, law(text, day, code)), by=None, at=NOW)


@dataclass
class Shelf:
    """Things that rest on clauses, without any app above: what was touched, who looks after them."""

    owner_ids: tuple[int, ...] = ()
    touched: list[uuid.UUID] = field(default_factory=list)
    made: list[TargetRef] = field(default_factory=list)

    def item(self) -> TargetRef:
        """Return a new thing."""
        ref = TargetRef("thing", uuid.uuid4())
        self.made.append(ref)
        return ref

    def resolve(self, refs: Collection[TargetRef], user: Any, language: str) -> dict[TargetRef, TargetCard]:
        """Cards of things."""
        return {ref: TargetCard(f"thing {self.made.index(ref)}", "/thing/", "", self.owner_ids) for ref in refs}


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """Yield a kind of thing for one test."""
    shelf = Shelf()
    kind = TargetKind(
        "thing", "thing", shelf.resolve, lambda: [(ref, "a thing") for ref in shelf.made],
        lambda ref, at: shelf.touched.append(ref.uuid),
    )  # fmt: skip
    with registry._kinds.temporarily({"thing": kind}):
        yield shelf


@pytest.fixture
def staff(world: Province) -> Callable[[str], User]:
    """Make a person with a staff role and a second factor."""

    def make(role: str) -> User:
        person = world.person(f"p.{role.replace('_', '')}", role, world.department_a)
        world.grant(person, role, "province", world.province.uuid)
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
        return person

    return make


@pytest.fixture
def editor(staff: Callable[[str], User]) -> User:
    """Somebody who looks after policies."""
    return staff("policy_editor")
