"""The search beside what else there is: quality, cost, parity of the engines, navigation, bad input.

    make bench NAME=search DATA=../shared/data/stard

DATA is laid out like ../shared/data/stard (corpus_*.jsonl.gz, queries_*.jsonl); navigation and the costs at scale use
`laws` beside it where that is. Everything happens in a scratch site. CPU is user + system time of this process and, for
Elasticsearch, of the node. Labels mark only the articles that their annotators cite, and those cite statutes: part of
what authority gains is learning that habit. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ._search_corpus import Passage, entries_of, read_laws, read_passages, set_up

ROOT = Path(__file__).resolve().parents[1]
TIMED = 200
FUZZED = 10_000
KEYWORDS = [
    "智慧城市",
    "数据安全",
    "法律责任",
    "个人信息保护",
    "第一条",
    "大数据",
    "公共数据开放",
    "城市",
    "网络安全等级保护",
    "行政处罚",
    "人民政府",
    "数据",
    "政务服务",
    "电子证照",
    "城市管理",
    "应急预案",
    "停车场",
    "物联网",
    "关键信息基础设施",
    "信用信息",
    "数字化转型",
    "授权运营",
    "分类分级",
    "安全评估",
    "个人信息",
    "去标识化",
    "信息公开",
    "行政许可",
    "招标投标",
    "政府采购",
    "监督检查",
    "主管部门",
    "基础设施",
    "地下管线",
    "城乡规划",
    "环境保护",
    "公共交通",
    "消防安全",
    "食品安全",
    "突发事件",
]
ALPHABET = "智慧城市数据第条一二三27法《》（）〔〕\"'*()[]{}:\\/^~+-!&|?.,; \t\n\x00\u202e\u200b😀𠀀aZé%_ＡＢ①"


def table(passages: list[Passage], queries: Path, scratch: Path, figures: dict[str, Any]) -> None:
    """Quality and cost of every system on the judged questions, and parity of ours."""
    from search.evaluation import measures, ndcg, paired_difference, read_judgements
    from search.indexing import installed_engine

    from . import _search_systems as systems

    judged = read_judgements(queries.read_text(encoding="utf-8").splitlines())
    from django.conf import settings

    with ExitStack() as stack:
        built = [
            systems.wagtail_default(passages, scratch),
            systems.fts5_trigram(passages, scratch),
            systems.plain_bigrams(passages, scratch),
            systems.ours(installed_engine("embedded"), settings.PATHS.index),
        ]
        if (elastic := _elastic(stack, scratch)) is not None:
            built.append(elastic)
        runs: dict[str, dict[str, list[str]]] = {}
        for system in built:
            asked = judged[: system.sample]
            runs[system.name] = {one.qid: system.search(one.text, 100) for one in asked}
            found = measures(runs[system.name], asked)
            started = system.cpu()
            for one in asked[:TIMED]:
                system.search(one.text, 20)
            each = 1000 * (system.cpu() - started) / len(asked[:TIMED])
            figures["systems"][system.name] = {
                "queries": len(asked),
                **{name: measure.mean for name, measure in found.items()},
                "ndcg@10 interval": [found["ndcg@10"].low, found["ndcg@10"].high],
                "cpu_ms_per_query": round(each, 2),
                "index_cpu_s": round(system.index_cpu_s, 1),
                "index_mb": round(system.megabytes, 1),
            }
            say(system.name, figures["systems"][system.name])
    own, plain = runs["chengxue embedded"], runs["bigrams, no prior"]
    gains = paired_difference(*([ndcg(run[one.qid], one.relevant) for one in judged] for run in (own, plain)))
    figures["gain over bigrams"] = {"mean": gains.mean, "interval": [gains.low, gains.high]}
    if "chengxue elasticsearch" in runs:
        other = runs["chengxue elasticsearch"]
        same = sum(own[one.qid][:10] == other[one.qid][:10] for one in judged)
        overlap = statistics.mean(
            len(set(own[one.qid]) & set(other[one.qid])) / max(1, len(own[one.qid])) for one in judged
        )
        figures["parity"] = {"identical top-10": same / len(judged), "overlap@100": round(overlap, 5)}
        say("parity", figures["parity"])


def _elastic(stack: ExitStack, scratch: Path) -> Any:
    """Ours on a real node, or None with the reason said."""
    from search.engines.elastic import ElasticEngine
    from tests.contracts.elasticsearch.artifacts import NoElasticsearch
    from tests.contracts.elasticsearch.running import Node

    from . import _search_systems as systems

    try:
        node = Node(scratch / "elasticsearch")
        node.start()
    except NoElasticsearch as reason:
        say("chengxue elasticsearch", {"not measured": str(reason)})
        return None
    stack.callback(node.stop)
    engine = ElasticEngine(node.url, "bench", patience=60)
    return systems.ours(engine, scratch / "elasticsearch" / "data", lambda: systems.process_cpu(node.pid))


def navigation(passages: list[Passage], figures: dict[str, Any]) -> None:
    """Slices of queries that name one thing."""
    from search.indexing import installed_engine

    from ._search_navigation import slices_of, success_at_first
    from ._search_systems import answer_of

    engine = installed_engine("embedded")

    def first(query: str) -> str:
        hits = answer_of(engine, query, 1).hits
        return str(hits[0].outside_id) if hits else ""

    for one in slices_of(passages):
        figures["navigation"][one.name] = {
            "queries": len(one.queries),
            "success@1": round(success_at_first(one, first), 4),
        }
        say(f"navigation: {one.name}", figures["navigation"][one.name])


def costs(questions: Iterable[str], figures: dict[str, Any]) -> None:
    """CPU per request with count, two facets and excerpts, on what is indexed now."""
    from search.indexing import installed_engine

    from ._search_systems import answer_of

    engine = installed_engine("embedded")
    for name, queries in (("keyword", KEYWORDS * 5), ("question", list(questions)[:TIMED])):
        for query in queries[:10]:
            answer_of(engine, query, 20, ("kind", "level"))
        spent = []
        for query in queries:
            started = time.process_time()
            answer_of(engine, query, 20, ("kind", "level"))
            spent.append(1000 * (time.process_time() - started))
        spent.sort()
        figures["cpu_ms_at_scale"][name] = {
            "mean": round(statistics.mean(spent), 2), "p95": round(spent[int(0.95 * len(spent))], 2)
        }  # fmt: skip
        say(f"CPU per request, {name}", figures["cpu_ms_at_scale"][name])


def fuzz(figures: dict[str, Any]) -> None:
    """Ask queries that nobody means."""
    from search.indexing import installed_engine

    from ._search_systems import answer_of

    chance, engine = random.Random(11), installed_engine("embedded")
    failures = 0
    for number in range(FUZZED):
        length = 10_000 if number % 1000 == 0 else chance.randint(0, 30)
        query = "".join(chance.choices(ALPHABET, k=length))
        try:
            answer_of(engine, query, 10, ("kind",))
        except Exception as error:
            failures += 1
            print(f"{query[:80]!r}: {error!r}", file=sys.stderr)
    figures["fuzz"] = {"queries": FUZZED, "exceptions": failures}
    say("fuzz", figures["fuzz"])


def fill(passages: list[Passage]) -> None:
    """Make the passages all that the site has."""
    from django.db import transaction
    from django.utils import timezone

    from search.actions import put_entries
    from search.models import IndexChange, SearchEntry

    with transaction.atomic():
        SearchEntry.objects.all().delete()
        put_entries(entries_of(passages), at=timezone.now())
        IndexChange.objects.all().delete()


def say(name: str, figures: dict[str, Any]) -> None:
    """One line of the table, as soon as it is known."""
    print(f"{name:32}", "  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)


def timed(work: Callable[[], int]) -> tuple[int, float]:
    """Return what the work counts, and the CPU seconds that it took."""
    started = time.process_time()
    return work(), time.process_time() - started


def main() -> None:
    """Run everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    data = Path(os.environ.get("CHENGXUE_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--data", type=Path, default=data / "stard", help="folder with corpus_*.jsonl.gz and queries_*.jsonl"
    )
    folder = parser.parse_args().data.resolve()
    queries = sorted(folder.glob("queries_*.jsonl"))
    if not queries or not list(folder.glob("corpus_*.jsonl.gz")):
        parser.error(f"{folder}: no corpus_*.jsonl.gz and queries_*.jsonl")
    figures: dict[str, Any] = {"systems": {}, "navigation": {}, "cpu_ms_at_scale": {}}
    with tempfile.TemporaryDirectory(prefix="chengxue-bench-") as name:
        scratch = Path(name)
        set_up(scratch / "var")
        from search.actions import rebuild_index
        from search.indexing import installed_engine

        passages = read_passages(folder)
        fill(passages)
        table(passages, queries[0], scratch, figures)
        laws = folder.parent / "laws"
        if laws.is_dir():
            passages = read_laws(laws)
            fill(passages)
            count, spent = timed(lambda: rebuild_index(installed_engine("embedded")))
            figures["index"] = {"entries": count, "per_cpu_s": round(count / spent)}
            say("index at scale", figures["index"])
        navigation(passages, figures)
        asked = [json.loads(line)["text"] for line in queries[0].read_text(encoding="utf-8").splitlines()]
        costs(asked, figures)
        fuzz(figures)
    own = figures["systems"]["chengxue embedded"]["ndcg@10"]
    ratios = {
        f"nDCG@10, ours over {name}": round(own / held["ndcg@10"], 2) if held["ndcg@10"] else None
        for name, held in figures["systems"].items()
    }
    machine = {"processors": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    print(json.dumps({"name": "search", "machine": machine, "figures": figures, "ratios": ratios}, ensure_ascii=False))


if __name__ == "__main__":
    main()
