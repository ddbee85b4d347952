"""The command line prints the frames of the metrics, and says in one sentence why it cannot."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data.metric import main
from data.store.store import Store
from metrics.catalogue import CATALOGUE
from tests.data.rows import nps, order, take

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("metric") / "a.duckdb"
    customers = [("ada", "north"), ("ben", "north"), ("cho", "south")]
    with Store.open(path) as store:
        take(
            store,
            orders=[
                order("1", "ada", "2026-01-05", 100),
                order("2", "ada", "2026-02-05", 50),
                order("3", "ben", "2026-01-31", 10),
                order("4", "cho", "2026-02-10", 30),
            ],
            members=[{"customer_id": customer, "region": region} for customer, region in customers],
            feedback=[nps(str(i), "ada" if i < 24 else "cho", "2026-02-01", 10 if i % 4 else 0) for i in range(40)],
        )
    return path


@pytest.fixture
def run(database: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command against the small database: exit code, output, errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, *([] if "--db" in arguments else ["--db", str(database)])])
        return code, *capsys.readouterr()

    return run


def test_a_file_that_is_not_there_is_not_made(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "none.duckdb"
    code, out, err = run("nps", "--db", str(path))
    assert (code, out) == (2, "")
    assert err == f"{path} does not exist. Load a file first: python -m data.load FILE --db {path}.\n"
    assert not path.exists()


def test_a_file_without_data_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "empty.duckdb"
    Store.open(path).close()
    code, _, err = run("nps", "--db", str(path))
    assert code == 2
    assert "holds no data yet. Load a file first" in err


def test_list_names_every_metric(run: Run) -> None:
    code, out, _ = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(CATALOGUE)


def test_json_is_a_list_of_objects_with_the_unrounded_score(run: Run) -> None:
    code, out, _ = run("nps", "--json")
    (row,) = json.loads(out)
    assert code == 0
    assert list(row) == ["n", "promoters", "passives", "detractors", "nps", "low", "high"]
    assert (row["n"], row["promoters"], row["passives"], row["detractors"]) == (40, 30, 0, 10)
    assert row["nps"] == 50


def test_json_dates_are_iso_and_unknown_is_null(run: Run) -> None:
    _, out, _ = run("retention", "--json", "--set", "minimum=2", "--set", "kind=on_or_after")
    rows = json.loads(out)
    assert [(row["cohort"], row["period"], row["active"], row["customers"], row["complete"]) for row in rows] == [
        ("2026-01-01", 0, 2, 2, True),
        ("2026-01-01", 1, 1, 2, False),
        ("2026-02-01", 0, 1, 1, False),
    ]
    assert [row["retention"] for row in rows] == [1, 0.5, None]


def test_csv_holds_no_cell_that_a_spreadsheet_runs(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "formula.duckdb"
    with Store.open(path) as store:
        take(
            store,
            orders=[order("1", "ada", "2026-01-05", 100)],
            members=[{"customer_id": "ada", "region": '=HYPERLINK("http://x")'}],
        )
    code, out, _ = run("repeat_rate", "--csv", "--by", "region", "--db", str(path))
    (row,) = csv.DictReader(io.StringIO(out))
    assert (code, row["region"]) == (0, '\'=HYPERLINK("http://x")')


def test_csv_has_the_same_numbers(run: Run) -> None:
    _, out, _ = run("repeat_rate", "--csv", "--by", "region", "--set", "minimum=1")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["region"], row["buyers"], row["repeat_buyers"], row["repeat_rate"]) for row in rows] == [
        ("north", "2", "1", "0.5"),
        ("south", "1", "0", "0.0"),
    ]


def test_plain_output_is_a_table(run: Run) -> None:
    code, out, _ = run("repeat_rate", "--set", "minimum=1")
    header, *rows = out.strip().splitlines()
    assert code == 0
    assert header.split() == ["buyers", "repeat_buyers", "repeat_rate", "low", "high"]
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("arguments", "buyers", "repeat_buyers"),
    [
        ([], 3, 1),
        (["--from", "2026-02-01"], 2, 0),
        (["--to", "2026-01-30"], 1, 0),
        (["--as-of", "2026-02-05"], 2, 1),
        (["--where", "region=south"], 1, 0),
        (["--where", "region=south", "--where", "region=north"], 3, 1),
    ],
)
def test_who_and_when(run: Run, arguments: list[str], buyers: int, repeat_buyers: int) -> None:
    _, out, _ = run("repeat_rate", "--json", *arguments)
    (row,) = json.loads(out)
    assert (row["buyers"], row["repeat_buyers"]) == (buyers, repeat_buyers)


WHOLE_MONTHS = ("tier_replay", "tier_value")  # of six weeks of orders they say nothing


@pytest.mark.parametrize("metric", WHOLE_MONTHS)
def test_metrics_of_whole_months_with_known_tiers(run: Run, tmp_path: Path, metric: str) -> None:
    assert run(metric, "--json", "--set", "rule=low=1") == (0, "[]\n", "")
    path = tmp_path / "months.duckdb"
    with Store.open(path) as store:
        take(store, orders=[order(str(month), "ada", f"2026-{month:02}-05", 100) for month in range(1, 8)])
    code, out, err = run(metric, "--json", "--set", "rule=low=1, high=50", "--set", "months=2", "--db", str(path))
    assert (code, err) == (0, "")
    assert list(json.loads(out)[0]) == list(CATALOGUE[metric].columns)
    dates = [row[name] for row in json.loads(out)[:1] for name in ("from_on", "to_on") if name in row]
    assert dates in ([], ["2026-03-31", "2026-06-30"])  # two months are whole on 1 March


@pytest.mark.parametrize("metric", [name for name in CATALOGUE if name not in WHOLE_MONTHS])
def test_every_metric_answers(run: Run, metric: str) -> None:
    rule = ["--set", "rule=low=1, high=50"] if "rule" in CATALOGUE[metric].options else []
    weekly = ["--set", "period=week"] if rule and "period" in CATALOGUE[metric].options else []
    asked = ["--set", "survey=nps"] if "survey" in CATALOGUE[metric].options else []
    code, out, err = run(metric, "--csv", *rule, *weekly, *asked)
    assert (code, err) == (0, "")
    assert out.splitlines()[0].removeprefix("\ufeff").split(",") == list(CATALOGUE[metric].columns)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["npss"], "There is no metric “npss”. Did you mean “nps”? There are: nps, "),
        (["nps", "--by", "regoin"], "“nps” cannot be split by “regoin”. Did you mean “region”? It can be split by: region, "),
        (["nps", "--where", "regin=north"], "--where has no column “regin”. Did you mean “region”? It has: region, "),
        (["nps", "--where", "region=nort"], "No region is “nort”. Did you mean “north”? There are: north, south."),
        (["nps", "--where", "tier=gold"], "No tier is “gold”. There are: none."),
        (["nps", "--where", "region"], "--where takes name=value, but got “region”."),
        (["nps", "--set", "minimun=3"], "has no argument “minimun”. Did you mean “minimum”? It has: weighted, "),
        (["nps", "--set", "minimum=few"], "“few” is not allowed for minimum; it must be a whole number, for example 30."),
        (["nps", "--set", "weighted=maybe"], "“maybe” is not allowed for weighted of “nps”."),
        (["nps", "--set", "confidence=95"], "confidence is 95.0; it must lie between 0 and 1"),
        (["retention", "--set", "kind=after"], "“after” is not allowed for kind of “retention”."),
        (["retention", "--by", "cohort"], "“retention” cannot be split by “cohort”."),
        (["tier_rates", "--by", "tier"], "“tier_rates” cannot be split by “tier”."),
        (["inactive_share", "--set", "hiatus_days=1000000"], "hiatus_days is 1000000; it must be 36525 or less."),
        (["promoter_value", "--set", "horizon_days=1000000"], "horizon_days is 1000000; it must be 36525 or less."),
        (["repeat_rate_trend", "--set", "months=0"], "months is 0; it must be 1 or more."),
        (["nps", "--from", "2026-13-01"], "“2026-13-01” given for --from is not a date; write it as 2026-03-31."),
        (["nps", "--from", "2026-03-01", "--to", "2026-02-01"], "The period begins on 2026-03-01, after its end on 2026-02-01."),
    ],
)  # fmt: skip
def test_what_is_not_known_gets_one_sentence_and_exit_2(run: Run, arguments: list[str], sentence: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


ACCESS = """
[roles]
viewer = ["@example.com"]
analyst = ["bo@example.com"]
[[scope]]
who = ["eva@example.com"]
region = ["south"]
"""


@pytest.fixture
def access_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "access.toml"
    path.write_text(ACCESS)
    monkeypatch.setenv("RAPPORT_ACCESS", str(path))
    return path


@pytest.mark.usefixtures("access_file")
def test_a_person_limited_to_a_region_gets_its_numbers_only(run: Run) -> None:
    for where in ((), ("--where", "region=south")):
        code, out, _ = run("nps", "--as", "eva@example.com", "--json", *where)
        assert (code, json.loads(out)[0]["n"]) == (0, 16)
    _, out, _ = run("nps", "--as", "vic@example.com", "--json")
    assert json.loads(out)[0]["n"] == 40
    code, out, error = run("nps", "--as", "eva@example.com", "--where", "region=north")
    assert (code, out) == (2, "")
    assert "There are: south." in error


@pytest.mark.usefixtures("access_file")
def test_lists_of_customers_are_for_who_may_see_them(run: Run) -> None:
    code, out, error = run("worth_keeping", "--as", "vic@example.com")
    assert (code, out) == (2, "")
    assert "You may not do this" in error
    assert run("worth_keeping", "--as", "bo@example.com")[0] == 0


def test_a_person_without_a_role_gets_nothing(run: Run, access_file: Path) -> None:
    code, out, error = run("nps", "--as", "mallory@elsewhere.test")
    assert (code, out) == (2, "")
    assert error == f"“mallory@elsewhere.test” has no role in the access file {access_file}.\n"
