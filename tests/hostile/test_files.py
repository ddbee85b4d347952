"""Hostile files and texts on their way into the store and out of it again."""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import sandbox
from data.errors import RapportError, Refused
from data.imports import NamedBytes, NeedsMapping, stage
from data.metric import main
from data.segment import Segment
from data.store.store import Store
from pages.shared.files.exports import csv_bytes
from tests.data.imports.exports import ORDERS
from tests.data.imports.same_process import run
from tests.data.rows import nps, order, take
from tests.hostile.inputs import FILES, PATHS, SOUND, TEXTS

STORED = {name: text.replace("\0", "") for name, text in TEXTS.items()}
UNREADABLE = ("null byte",)  # what no CSV holds
IN_A_PROCESS_OF_THEIR_OWN = (
    "path",
    "shell",
    "null byte",
    "line breaks",
)  # for the others it makes no difference, and takes long
STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def test_the_table_is_long_enough() -> None:
    assert len({*TEXTS, *FILES, *PATHS}) >= 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store" / "rapport.duckdb") as store:
        take(store, orders=[order("0", "zoe", "2026-01-01", 1)])
        yield store


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this test alone, so that what stays behind is seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("RAPPORT_UPLOAD_LIMIT_MIB", "8")
    return folder


def take_in(file: NamedBytes, store: Store) -> str:
    """What became of a file: "taken", "asks" for a mapping, or the sentence with which it was refused."""
    try:
        with stage([file], store=store, profile="orders") as staged:
            staged.take_in()
    except NeedsMapping:
        return "asks"
    except Refused as error:
        return str(error)
    return "taken"


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_as_data_or_refused_in_a_sentence(
    name: str, store: Store, scratch: Path, tmp_path: Path
) -> None:
    around = {path for path in tmp_path.rglob("*") if scratch not in path.parents}
    said = take_in(FILES[name](), store)
    assert said in ("taken", "asks") or said.rstrip().endswith((".", "。")), said
    assert "root:" not in said
    assert "Traceback" not in said
    assert list(scratch.iterdir()) == []
    assert {path for path in tmp_path.rglob("*") if scratch not in path.parents} - around == set()
    assert not Path("/tmp/rapport-escaped.csv").exists()
    with store.snapshot() as snap:
        rows = snap.orders().collect("polars").to_native()
    assert rows.filter(rows["order_id"] == "0").height == 1  # what was there is there
    assert (rows.height > 1) == (said == "taken")
    assert "root:" not in str(rows.to_dicts())


@pytest.mark.parametrize("name", ["archive bomb", "gzip bomb", "workbook bomb"])
@pytest.mark.usefixtures("scratch")
def test_a_bomb_is_refused_for_what_it_would_unpack_to(name: str, store: Store) -> None:
    assert "unpacks to more than is allowed (8 MiB" in take_in(FILES[name](), store)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that took in every hostile text through the importer, as an id, and as a region, tier, touchpoint and comment."""
    with Store.open(tmp_path_factory.mktemp("crowd") / "rapport.duckdb") as store:
        out = io.StringIO()
        csv.writer(out).writerows([f"{place}", text, "2026-01-05", "10"] for place, text in enumerate(STORED.values()))
        with stage(
            [NamedBytes("orders.csv", (ORDERS + out.getvalue()).encode())], store=store, profile="orders"
        ) as staged:
            staged.take_in()
        people = [{"customer_id": str(place), "region": text} for place, text in enumerate(STORED.values())]
        said = [
            nps(str(place), str(place), "2026-01-05", 10, comment=text, touchpoint=text)
            for place, text in enumerate(STORED.values())
        ]
        tiers = [
            {"customer_id": str(place), "tier": text, "effective_on": dt.date(2026, 1, 1)}
            for place, text in enumerate(STORED.values())
        ]
        take(store, members=people, feedback=said, tier_changes=tiers)
        yield store


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_in_a_cell_stays_a_text(name: str, crowd: Store) -> None:
    place = list(TEXTS).index(name)
    with crowd.snapshot() as snap:
        orders = snap.orders().collect("polars").to_native()
        comments = snap.feedback().collect("polars").to_native()
    if name not in UNREADABLE:
        assert orders.filter(orders["order_id"] == str(place)).height == 1
    assert comments.filter(comments["feedback_id"] == str(place))["comment"].to_list() == [STORED[name]]


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_in_a_filter_is_one_value(name: str, crowd: Store) -> None:
    place = str(list(TEXTS).index(name))
    with crowd.snapshot() as snap:
        for attribute in ("region", "tier"):
            assert STORED[name] in snap.values(attribute)
            rows = snap.feedback(Segment(**{attribute: (STORED[name],)})).collect("polars").to_native()
            assert rows["feedback_id"].to_list() == [place]
        assert snap.feedback(Segment(acquisition_channel=(STORED[name],))).collect("polars").to_native().is_empty()


def test_no_cell_given_away_is_a_formula(crowd: Store) -> None:
    with crowd.snapshot() as snap:
        comments = snap.feedback().select("comment").collect("polars").to_native()
    cells = [row[0] for row in csv.reader(io.StringIO(csv_bytes(comments).decode("utf-8-sig"), newline=""))]
    assert len(cells) == len(TEXTS) + 1
    assert [cell for cell in cells if cell.startswith(STARTS)] == []
    assert [line for cell in cells for line in cell.splitlines() if line.lstrip().startswith(STARTS)] == []
    assert {text.replace("'", "") for text in STORED.values()} <= {cell.replace("'", "") for cell in cells}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_condition_on_the_command_line_is_not_known(name: str, database: Path, capsys) -> None:
    code = main(["repeat_rate", "--db", str(database), "--where", f"region={TEXTS[name]}"])
    out, error = capsys.readouterr()
    assert (code, out) == (2, "")
    assert "No region is" in error


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small file that is as it was after all that was asked of it."""
    path = tmp_path_factory.mktemp("asked") / "rapport.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order("0", "zoe", "2026-01-01", 1, region="East")])
    yield path
    with Store.open(path) as store, store.snapshot() as snap:
        assert (store.imports().height, snap.extent().orders) == (1, 1)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_file_name_is_a_name_and_no_place(
    name: str, named: Store, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name not in IN_A_PROCESS_OF_THEIR_OWN:
        monkeypatch.setattr(sandbox, "run", run)
    bytes_of_its_own = SOUND + f"x{list(TEXTS).index(name)},dan,2026-01-05,10\n".encode()
    assert take_in(NamedBytes(TEXTS[name], bytes_of_its_own), named) == "taken"
    assert list(scratch.iterdir()) == []
    assert named.imports()["receipt"][0]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("named") / "rapport.duckdb") as store:
        yield store


def test_an_error_sentence_is_one_whatever_it_quotes() -> None:
    for text in TEXTS.values():
        assert text in str(RapportError("“{value}” is not allowed.", value=text))
