"""`python -m data.metric list` and `python -m data.metric NAME`: the numbers that the pages show, as a table, JSON or CSV."""

import argparse
import datetime as dt
import difflib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from data.command import ended
from data.errors import RapportError
from data.file import opening
from data.people import policy
from data.people.access import LOCAL, Access, Person
from data.questions.ask import Question, find
from data.segment import Segment
from data.settings import Settings
from data.store.snapshot import Snapshot
from data.store.store import Store
from data.text.characters import whole
from data.text.formula_safe import csv_text
from metrics.catalogue import CATALOGUE, Argument, Metric
from metrics.dimension import FILTERS

TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when the frame was printed, 2 with one sentence when the question cannot be answered."""
    options = _parser().parse_args(arguments)
    return ended(lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    try:
        print(listing() + "\n" if options.name == "list" else _printed(answer(options), options), end="")
    except ValueError as error:  # a metric that refuses an argument
        raise RapportError("{reason}", reason=error) from error
    return 0


def listing() -> str:
    """One line per metric: its name, its label and what can be set."""
    width = max(map(len, CATALOGUE))
    return "\n".join(
        f"{name:{width}}  {metric.label} ({', '.join(f'{key}={value.default}' for key, value in metric.options.items())})"
        for name, metric in CATALOGUE.items()
    )


def answer(options: argparse.Namespace) -> pl.DataFrame:
    """The frame of the metric that the command line asks for; RapportError when something in it is not known."""
    metric = find(options.name)
    settings = dict(_setting(metric, text) for text in options.set)
    path = options.db or Settings.read().db
    opening.refuse_new(path)
    if not path.exists():
        raise RapportError("{path} does not exist. Load a file first: python -m data.load FILE --db {path}.", path=path)
    with Store.open(path) as store:
        access = Access(store, _person(options.person))
        with access.snapshot() as snap:
            version, question = snap.version, _question(snap, options)
        return access.ask(version, metric.name, question, **settings)


def _person(who: str | None) -> Person:
    """Whose numbers are asked for: everybody's, or those that a person of the access file sees."""
    if who is None:
        return LOCAL
    path = Settings.read().access
    person = policy.read(path).person({"email": who})
    if person is None:
        raise RapportError("“{who}” has no role in the access file {path}.", who=who, path=path)
    return person


def _question(snap: Snapshot, options: argparse.Namespace) -> Question:
    """Who, when and split by what; a date that is not given is the first or last of the data."""
    extent = snap.extent()
    start = _date("--from", options.start) or extent.first
    end = _date("--to", options.end) or extent.last
    as_of = _date("--as-of", options.as_of) or extent.last
    if start is None or end is None or as_of is None:
        raise RapportError(
            "{path} holds no data yet. Load a file first: python -m data.load FILE.", path=options.db or "The database"
        )
    if start > end:
        raise RapportError("The period begins on {start}, after its end on {end}.", start=start, end=end)
    return Question(start, end, as_of, _segment(snap, options.where), tuple(dict.fromkeys(options.by)))


def _segment(snap: Snapshot, conditions: Iterable[str]) -> Segment:
    """The customers for whom each column has one of the values given for it."""
    chosen: dict[str, tuple[str, ...]] = {}
    for text in conditions:
        column, value = _pair("--where", text)
        columns = (*(dimension.column for dimension in FILTERS), *snap.member_columns())
        if column not in columns:
            raise _unknown("--where has no column “{value}”.{hint} It has: {known}.", column, columns)
        known = snap.values(column)
        if value not in known:
            sentence = f"No {column} is “{{value}}”.{{hint}} There are: {{known}}."
            raise _unknown(sentence, value, known)
        chosen[column] = (*chosen.get(column, ()), value)
    return Segment(**chosen)


def _setting(metric: Metric, text: str) -> tuple[str, object]:
    """The argument and its value, in the type of the argument's default. Which arguments there are, `ask` checks."""
    name, value = _pair("--set", text)
    argument = metric.options.get(name)
    return name, _typed(name, value, argument) if argument else value


def _typed(name: str, value: str, argument: Argument) -> object:
    kind = type(argument.default)
    if kind is bool and value.lower() in TRUTH:
        return TRUTH[value.lower()]
    try:
        return value if kind is bool else kind(value)
    except ValueError as error:
        expected = {int: "a whole number", float: "a number"}[kind]
        raise RapportError(
            "“{value}” is not allowed for {name}; it must be {expected}, for example {default}.",
            value=value,
            name=name,
            expected=expected,
            default=argument.default,
        ) from error


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = whole(text).partition("=")
    if not (name and equals):
        raise RapportError("{option} takes name=value, but got “{text}”.", option=option, text=text)
    return name, value


def _date(option: str, text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RapportError(
            "“{text}” given for {option} is not a date; write it as 2026-03-31.", text=text, option=option
        ) from error


def _unknown(sentence: str, value: str, known: Sequence[str]) -> RapportError:
    close = difflib.get_close_matches(value, known, n=1)
    hint = f" Did you mean “{close[0]}”?" if close else ""
    return RapportError(sentence, value=value, hint=hint, known=", ".join(known) or "none")


def _printed(frame: pl.DataFrame, options: argparse.Namespace) -> str:
    if options.json:
        return json.dumps(frame.to_dicts(), default=dt.date.isoformat, ensure_ascii=False, allow_nan=False) + "\n"
    if options.csv:
        return csv_text(frame)
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, tbl_formatting="NOTHING", tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True, fmt_str_lengths=100,
    ):  # fmt: skip
        return f"{frame}\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m data.metric", description="Print the frame of a metric.", allow_abbrev=False
    )
    parser.add_argument("name", metavar="NAME", help="the metric, or “list” for all there are")
    parser.add_argument("--db", type=Path, help="the DuckDB file (default: RAPPORT_DB)")
    parser.add_argument(
        "--as", dest="person", metavar="EMAIL", help="with the rights of a person of the access file (RAPPORT_ACCESS)"
    )
    parser.add_argument("--from", dest="start", metavar="DATE", help="first day (default: of the data)")
    parser.add_argument("--to", dest="end", metavar="DATE", help="last day (default: of the data)")
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="nothing after this day is seen (default: last day of the data); cut to the last order",
    )
    parser.add_argument(
        "--by", action="append", default=[], metavar="COLUMN", help="split by a column; may be repeated"
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only customers with this value; repeated: any of them",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="ARGUMENT=VALUE", help="an argument of the metric; see “list”"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list of objects, one per row")
    form.add_argument("--csv", action="store_true", help="CSV with a header")
    return parser


if __name__ == "__main__":
    sys.exit(main())
