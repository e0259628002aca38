"""The verbs of the Makefile and the arguments that they take from it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from portal.installation import development, running, translations
from portal.installation.backup import backup
from portal.installation.bench import bench
from portal.installation.bundle import bundle
from portal.installation.catalogs import compile_all
from portal.installation.messages import Refusal, is_chinese, text, write
from portal.installation.paths import Paths, WrongSetting
from portal.installation.restore import restore
from portal.installation.status import status
from portal.installation.stop import stop

Verb = Callable[[Paths], int]


def _install(paths: Paths) -> int:
    with running.sole_supervisor(paths):
        os.umask(0o022)
        running.install(paths)
    return 0


def _catalogs(paths: Paths) -> int:
    compile_all(paths.root)
    return 0


def _argument(name: str, example: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Refusal("argument_missing", argument=f"{name}=…", example=example)
    return value


def _path(name: str, example: str) -> Path:
    return Path(_argument(name, example)).expanduser().resolve()


VERBS: dict[str, tuple[Verb, str, str]] = {
    "run": (
        running.run,
        "安装所缺的一切并启动；Ctrl-C 结束",
        "install what is missing and start everything; Ctrl-C ends it",
    ),
    "install": (_install, "只安装，不启动", "install only"),
    "status": (status, "运行情况（JSON）", "what runs and how it is (JSON)"),
    "stop": (stop, "从另一个终端结束", "end it from another terminal"),
    "test": (development.test, "运行测试", "run the tests"),
    "test-all": (
        development.test_all,
        "运行全部测试：浏览器流程、契约、攻击、故障",
        "all tests: journeys, contracts, attacks, faults",
    ),
    "check": (development.check, "静态检查、类型、分层、迁移、翻译", "lint, types, layers, migrations, translations"),
    "fix": (development.fix, "自动修正格式", "mend what can be mended automatically"),
    "messages": (translations.update_catalogs, "提取并编译界面翻译", "extract and compile translations"),
    "migrations": (development.migrations, "生成数据库迁移", "write migrations"),
    "locks": (development.locks, "重新锁定依赖", "resolve the locks anew"),
    "backup": (
        lambda p: backup(p, _path("TO", "make backup TO=chengxue.tar")),
        "备份到一个文件 TO=…",
        "everything into one file, TO=…",
    ),
    "restore": (
        lambda p: restore(p, _path("FROM", "make restore FROM=chengxue.tar")),
        "从备份恢复 FROM=…",
        "from a backup, FROM=…",
    ),
    "bundle": (
        lambda p: bundle(p, _path("TO", "make bundle TO=chengxue-bundle")),
        "制作离线安装包 TO=…",
        "all that an offline machine needs, TO=…",
    ),
    "bench": (
        lambda p: bench(p, _argument("NAME", "make bench NAME=search")),
        "性能基准 NAME=…",
        "run a benchmark, NAME=…",
    ),
}

# Called by scripts, not by people.
PLUMBING: dict[str, Verb] = {
    "test-postgresql": development.test_postgresql,
    "test-running": development.test_running,
    "catalogs": _catalogs,
}


def main(arguments: Sequence[str]) -> int:
    """Run one verb: 0 done, 1 done with a negative answer, 2 refused with the reason."""
    if len(arguments) != 1 or arguments[0] in ("help", "-h", "--help"):
        print(usage())
        return 0 if not arguments or arguments[0] in ("help", "-h", "--help") else 2
    verb = PLUMBING.get(arguments[0]) or VERBS.get(arguments[0], (None,))[0]
    if verb is None:
        print(usage(), file=sys.stderr)
        return 2
    try:
        return verb(Paths.from_environment())
    except WrongSetting as error:
        write(text("wrong_setting", detail=error))
    except Refusal as refusal:
        write(str(refusal))
    except KeyboardInterrupt:
        return 130
    return 2


def usage() -> str:
    """Return the list of verbs."""
    chosen = 1 if is_chinese() else 2
    return "\n".join(f"make {name:<11} {entry[chosen]}" for name, entry in VERBS.items())
