"""`python -m tests.golden make FOLDER` keeps the frame of every metric and option on demo data, Online Retail and CDNOW;
`python -m tests.golden compare FOLDER` says which of them have changed since. For a change that must not alter a number.

`pages FOLDER` and `compare-pages FOLDER` do the same for what every page says, on an empty store, demo data and Online Retail.

The reference data lie beside the project, in ../shared; a set that is not there is left out, in words.
"""

import argparse
import datetime as dt
import hashlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

from data import load
from data.demo.load import load as load_demo
from data.store.snapshot import Snapshot
from data.store.store import Store
from tests import recordings
from tests.conftest import SHARED
from tests.data.every import every
from tests.data.rows import order, take

RELATIVE = 1e-9
# The ends of a forecast's interval follow from the curvature at the maximum, taken from finite differences: these make a change in the
# sixteenth digit of an amount one in the ninth.
OF_CURVATURE = {"clv": 1e-7, "worth_keeping": 1e-7}


def demo(path: Path) -> None:
    with Store.open(path) as store:
        load_demo(store, customers=4000)


def online_retail(path: Path) -> None:
    load.main([str(SHARED / "data/online_retail/online_retail.csv.gz"), "--db", str(path)])


def cdnow(path: Path) -> None:
    lines = map(str.split, (SHARED / "data/cdnow/CDNOW_sample.txt").read_text().splitlines())
    rows = [
        order(str(number), customer, dt.datetime.strptime(day, "%Y%m%d").isoformat(), float(dollars))
        for number, (_, customer, day, _, dollars) in enumerate(lines)
    ]
    with Store.open(path) as store:
        take(store, orders=rows)


def empty(path: Path) -> None:
    Store.open(path).close()


SETS: dict[str, Callable[[Path], None]] = {"demo": demo, "online_retail": online_retail, "cdnow": cdnow}
OF_PAGES = {"empty": empty, "demo": demo, "online_retail": online_retail}
OF_THE_PROJECT = ("empty", "demo")  # the others need the reference data


@contextmanager
def snapshot(name: str) -> Iterator[Snapshot]:
    """A set in a store of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        SETS[name](path)
        with Store.open(path) as store, store.snapshot() as snap:
            yield snap


def make(folder: Path, name: str) -> None:
    """One Parquet file per frame, and their labels in `labels.parquet`."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    labels = []
    with snapshot(name) as snap:
        for asked in every(snap):
            asked.answer(snap).write_parquet(folder / name / f"{_file(asked.label)}.parquet")
            labels.append(asked.label)
    pl.DataFrame({"label": labels}).write_parquet(folder / name / "labels.parquet")
    print(f"{name}: {len(labels)} frames")


def compare(folder: Path, name: str) -> int:
    """How many frames differ by more than rounding, or are missing on either side."""
    kept = set(pl.read_parquet(folder / name / "labels.parquet")["label"])
    found, same, off = set(), 0, 0
    with snapshot(name) as snap:
        for asked in every(snap):
            found.add(asked.label)
            if asked.label not in kept:
                continue
            before = pl.read_parquet(folder / name / f"{_file(asked.label)}.parquet")
            now = asked.answer(snap)
            same += now.equals(before)
            try:
                assert_frame_equal(now, before, rel_tol=OF_CURVATURE.get(asked.metric, RELATIVE), abs_tol=1e-12)
            except AssertionError as error:
                off += 1
                print(f"{name}: {asked.label}\n    {str(error).splitlines()[0]}")
    for label in sorted(kept ^ found):
        print(f"{name}: {label}: only {'before' if label in kept else 'now'}")
    print(f"{name}: {len(kept & found)} frames compared, {same} equal to the bit, {off} differ")
    return off + len(kept ^ found)


def _file(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()[:16]


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when everything is as it was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.golden", description=__doc__)
    parser.add_argument("what", choices=("make", "compare", "pages", "compare-pages"))
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--set", dest="sets", action="append", choices=tuple({**SETS, **OF_PAGES}), help="one set only; may be repeated"
    )
    options = parser.parse_args(arguments)
    sets = OF_PAGES if "pages" in options.what else SETS
    chosen = [name for name in options.sets or sets if name in sets]
    wanted = [name for name in chosen if name in OF_THE_PROJECT or SHARED.is_dir()]
    if len(wanted) < len(chosen):
        print(f"{SHARED} is not here: data of the project only.")
    if options.what == "make":
        for name in wanted:
            make(options.folder, name)
        return 0
    if options.what == "pages":
        for name in wanted:
            recordings.make(options.folder, name, sets[name])
        return 0
    differ = recordings.compare if options.what == "compare-pages" else compare
    return int(sum(differ(options.folder, name) for name in wanted) > 0)


if __name__ == "__main__":
    sys.exit(main())
