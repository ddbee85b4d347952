"""What every page says, as JSON: headings, sections, texts, cards, charts with their data, tables, quotes and boxes, in both languages and
with the choices that open further parts. For a change that must not alter a page (`tests.golden pages`, `tests.golden compare-pages`).

The stores that pages were recorded on stay beside the recordings: days of imports are then the same, and numbers can differ by code alone.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl

from data.store.store import Store
from pages.frame.offscreen import render
from pages.frame.registry import ENTRIES
from pages.shared.files.html import document
from pages.shared.model.parts import Part, Table
from pages.shared.model.report import Report
from pages.shared.session.opened import store

DIGITS = 9  # of a float: sums differ in the last ones, by the order of threads
ROWS = 100  # of a table that are recorded row by row; of a longer one, a checksum besides
LANGUAGES = ("en", "zh")
# Choices that open further parts of a page, or count what it shows in another way, by its code.
CHOICES: dict[str, tuple[dict[str, str], ...]] = {
    "nps": (
        {"by": "channel"},
        {"by": "tier"},
        {"by": "cohort"},
        {"weight": "yes"},
        {"answered": "promoters"},
    ),
    "csat": ({"about": "ces"}, {"by": "region"}),
    "retention": (
        {"measure": "orders"},
        {"measure": "revenue", "unit": "quarter"},
        {"measure": "value"},
        {"unit": "rolling", "against": "region"},
        {"kind": "on_or_after", "against": "tier"},
        {"against": "channel", "cohort": "none", "returned": "yes"},
    ),
    "value": (
        {"model": "pareto_nbd", "value_by": "cohort"},
        {"margin": "50", "value_by": "region"},
        {"horizon": "104", "holdout": "13", "value_by": "channel"},
    ),
    "churn": ({"threshold": "own", "hiatus": "60", "split": "region"}, {"split": "channel", "silent": "all"}),
    "tiers": (
        {"rule": "silver=100,gold=500", "rule_measure": "spend", "rule_months": "6"},
        {"moved_from": "gold", "moved_to": "silver"},
        {"rule": "nonsense"},
    ),
    "replay": ({"other": "silver=50,gold=300", "other_months": "6"}, {"rule": "silver=100,gold=500", "lapse": "90"}),
}
# What every page with numbers is recorded with besides: another comparison, dates without data, a day in the past; and a filter.
OF_ALL: tuple[dict[str, str], ...] = (
    {"vs": "none"},
    {"from": "2001-01-01", "to": "2001-03-31"},
)
FILTERS = ("region", "tier", "channel")
MADE = re.compile(r"<dd>[^<]*</dd></dl></footer>")  # the last fact of a file: when it was made


def make(folder: Path, name: str, fill: Callable[[Path], None]) -> None:
    """One JSON file per page, language and choice of a set, and its store."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    fill(folder / name / "store.duckdb")
    print(f"{name}: {_in_a_process(folder, name, folder / name)} pages")


def compare(folder: Path, name: str) -> int:
    """How many recordings differ, or are missing on either side; each difference is printed."""
    with tempfile.TemporaryDirectory() as place:
        now = Path(place) / name
        now.mkdir()
        _in_a_process(folder, name, now)
        labels = {path.name for kept in (folder / name, now) for path in kept.glob("*.json")}
        off = 0
        for label in sorted(labels):
            before, after = (json.loads(text) if text else None for text in _both(folder / name, now, label))
            found = list(_differences(before, after))
            off += bool(found)
            for where, one, other in found[:8]:
                print(f"{name}/{label} {where}\n    was {_short(one)}\n    is  {_short(other)}")
    print(f"{name}: {len(labels)} pages compared, {off} differ")
    return off


def _both(kept: Path, now: Path, label: str) -> tuple[str, str]:
    return tuple((path / label).read_text() if (path / label).exists() else "" for path in (kept, now))  # type: ignore[return-value]


def _in_a_process(folder: Path, name: str, to: Path) -> int:
    """The process holds one store at a time and what was asked of it, so each set has one of its own; it gives a copy of its store."""
    with tempfile.TemporaryDirectory() as place:
        copied = shutil.copy(folder / name / "store.duckdb", Path(place) / "store.duckdb")
        settings = {"RAPPORT_DB": copied, "RAPPORT_CHROMIUM": "none", "POLARS_MAX_THREADS": "2"}
        command = [sys.executable, "-m", "tests.recordings", str(to)]
        subprocess.run(command, check=True, env={**os.environ, **settings}, cwd=Path(__file__).parents[1])
    return len(list(to.glob("*.json")))


def record(to: Path) -> None:
    """Every page of the store that the settings name."""
    codes = _codes(store())
    for entry in ENTRIES:
        for language in LANGUAGES:
            for params in _asked(entry.code, codes, data=entry.data, everything=language == "en"):
                file = to / f"{_label(entry.code, language, params)}.json"
                said = _page(entry.code, {name: [value] for name, value in params.items()}, language)
                file.write_text(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True))


def _codes(opened: Store) -> dict[str, str]:
    """The first code of each filter that the data hold."""
    columns = {"channel": "acquisition_channel"}
    with opened.snapshot() as snap:
        found = {name: snap.values(columns.get(name, name)) for name in FILTERS}
    return {name: sorted(values)[0] for name, values in found.items() if values}


def _asked(code: str, codes: Mapping[str, str], *, data: bool, everything: bool) -> Iterator[dict[str, str]]:
    """The parameters that a page is opened with; outside of English, the defaults and its own choices."""
    yield {}
    if not data:
        return
    own = CHOICES.get(code, ())
    yield from own
    if everything:
        yield from OF_ALL
        yield from ({name: value} for name, value in codes.items())


def _label(code: str, language: str, params: Mapping[str, str]) -> str:
    told = "_".join(f"{name}={value}" for name, value in params.items())
    return re.sub(r"[^\w=.-]", "-", "_".join(part for part in (code, language, told) if part))


def _page(code: str, params: Mapping[str, list[str]], language: str) -> dict[str, Any]:
    try:
        report = render(code, params, language)
    except Exception as error:  # whatever it is, the other pages are recorded
        return {"refused": f"{type(error).__name__}: {error}"}
    return {
        "code": report.code,
        "page": report.page,
        "params": {name: list(values) for name, values in report.params.items()},
        "title": report.title,
        "metrics": [metric.name for metric in report.metrics],
        "names customers": report.named,
        "parts": [_part(part) for part in report.parts],
        "file": _file(report),
    }


def _file(report: Report) -> str:
    """The checksum of the page as one HTML file, without the moment at which it was made."""
    return _checksum(MADE.sub("", document(report)))


def _part(part: Part) -> dict[str, Any]:
    """What a part says, by the names of its fields."""
    kept = {name: getattr(part, name) for name in SAID[type(part).__name__]}
    return {"part": type(part).__name__, **{name: _plain(value) for name, value in kept.items()}}


# The fields that are recorded of each part: what is added to the parts later is no difference.
SAID = {
    "Heading": ("finding", "shown", "fresh"),
    "Section": ("finding", "how", "table"),
    "Text": ("markdown",),
    "Chart": ("key", "title", "how", "alt", "figure"),
    "Cards": ("items",),
    "Heat": ("table",),
    "Listing": ("frame", "customers"),
    "Quote": ("mark", "words", "about"),
    "Box": ("title", "why"),
}


def _plain(value: Any) -> Any:
    if isinstance(value, go.Figure):
        return _plain(json.loads(value.to_json()))
    if isinstance(value, Table):
        return {"name": value.name, "title": value.title, "metric": value.metric, "rows": _rows(value.frame)}
    if isinstance(value, pl.DataFrame):
        return _rows(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _rows(frame: pl.DataFrame) -> dict[str, Any]:
    rows = [[_cell(value) for value in row] for row in frame.iter_rows()]
    columns = {name: str(kind) for name, kind in frame.schema.items()}
    return {"columns": columns, "height": frame.height, "rows": rows[:ROWS], "checksum": _checksum(json.dumps(rows))}


def _cell(value: Any) -> Any:
    return _plain(value) if value is None or isinstance(value, bool | int | float | list) else str(value)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _differences(before: Any, after: Any, where: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where the two differ, and what stood there; lists are compared place by place."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from _differences(before.get(name), after.get(name), f"{where}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{where}/{place}")
    elif before != after:
        yield where, before, after


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


if __name__ == "__main__":
    record(Path(sys.argv[1]))
