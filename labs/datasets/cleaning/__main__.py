"""Command line of cleaning: a raw table and a plan go in, a clean CSV and a report come out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from labs.datasets.cleaning.plan import PlanWrong, parse_plan
from labs.datasets.cleaning.running import clean, is_different, report_of
from labs.datasets.deidentification.messages import Refusal, is_chinese
from labs.datasets.deidentification.writing import write_whole
from labs.datasets.workshop.tables import FORMATS, format_of


def main(arguments: Sequence[str]) -> int:
    """Clean one file; 0: done, 1: done and somebody should look, 2: bad input."""
    parser = argparse.ArgumentParser(prog="python -m labs.datasets.cleaning", description=__doc__)
    for name in ("plan", "input", "output", "report"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--format", choices=FORMATS)
    given = parser.parse_args(arguments)
    try:
        plan = parse_plan(json.loads(given.plan.read_text("utf-8-sig")))
        cleaned = clean(given.input, given.format or format_of(given.input.name), plan)
        report = report_of(cleaned, plan)
        table = b"\xef\xbb\xbf" + cleaned.frame.write_csv().encode("utf-8")
        written = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        write_whole({given.output: table, given.report: written.encode("utf-8")})
    except Refusal as refusal:
        sys.stderr.write(refusal.text(chinese=is_chinese()) + "\n")
        return 2
    except (PlanWrong, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    counts = {name: report[name] for name in ("rows_in", "rows_out", "bad_total")}
    needs_person = bool(report["bad_total"]) or is_different(report["differences"])
    sys.stdout.write(json.dumps(counts | {"is_different": is_different(report["differences"])}) + "\n")
    return int(needs_person)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
