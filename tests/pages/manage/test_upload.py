"""From files to a receipt to stored rows, on real small files through the real pipeline."""

import gzip
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import sandbox
from data.demo.load import load
from data.errors import Cancelled
from data.store.store import Store
from pages.manage.upload.desk import KEY
from pages.shared.session import cached
from pages.shared.session.job import Job
from pages.shared.words import markup
from tests.data.imports.same_process import run
from tests.hostile.inputs import workbook
from tests.pages.conftest import words
from tests.pages.manage.uploading import (
    AMBIGUOUS,
    MAPPED_ORDERS,
    UNKNOWN,
    WESTERN,
    drop,
    leave,
    press,
    taobao,
    taobao_row,
    title,
)

Open = Callable[..., AppTest]

SOUND = taobao(*(taobao_row(n, buyer=f"b{n % 3}") for n in range(10)))
MIXED = taobao(taobao_row(1), taobao_row(2), taobao_row(3, closed="不想要了"), taobao_row(4, paid="1000000000000"))
UNREAD = taobao(taobao_row(1), taobao_row(2, paid="many"), taobao_row(3, paid="few"))
CUT = SOUND[: SOUND.rindex("交易".encode("gb18030")) + 1]
HOSTILE = [
    "![x](http://evil.test/a.png)",
    "<b>bold</b><script>alert(1)</script>",
    ":red[x] :material/home:",
    "$x$",
    "[a](javascript:alert(1))",
    "`code` *b* _c_ ~~d~~",
    "www.evil.test me@evil.test",
    "&lt;b&gt;",
]


FAR = workbook(
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
FAR_UNSEEN = workbook(  # nothing looks for it here: the reader ends of it
    b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
    b"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData></worksheet>"
)


IN_A_PROCESS_OF_ITS_OWN = ("test_taking_in_stores_the_rows_and_says_so", "needs more memory", "reaches as far as", "gz")


@pytest.fixture(autouse=True)
def same_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page makes of a file does not depend on the process that reads it, except where that ends."""
    if not any(name in request.node.name for name in IN_A_PROCESS_OF_ITS_OWN):
        monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "rapport.duckdb"


def held(db: Path, app: AppTest) -> int:
    """Orders in the store that the app has open."""
    from pages.shared.session import cached

    assert cached.store().path == db
    with cached.store().snapshot() as snap:
        return snap.extent().orders


@pytest.mark.parametrize(
    ("files", "finding", "said"),
    [
        ((("nothing.csv", b""),), "nothing.csv was refused: nothing is stored", "is empty"),
        ((("header.csv", "Order ID,Date,Amount\n"),), "header.csv was refused: nothing is stored", "has a header and no rows"),
        ((("page.csv", "<html><body>no</body></html>"),), "page.csv was refused: nothing is stored", "is a web page"),
        ((("far.xlsx", FAR),), "far.xlsx was refused: nothing is stored", "a sheet reaches as far as cell XFD1048576"),
        ((("far.xlsx", FAR_UNSEEN),), "far.xlsx was refused: nothing is stored", "needs more memory"),
        ((("cut.csv", CUT),), "cut.csv was refused: nothing is stored", "in the middle of a character"),
        ((("sound.csv", SOUND),), "sound.csv can be imported: every row was read", "Import 10 orders"),
        ((("sound.csv.gz", gzip.compress(SOUND, mtime=0)),), "sound.csv.gz can be imported: every row was read", "Import 10 orders"),
        ((("mixed.csv", MIXED),), "mixed.csv can be imported: 50.0% of its rows were read", "2 rows are left out"),
        ((("a.csv", SOUND), ("b.csv", MIXED)), "2 files can be imported: 71.4% of their rows were read", "Import"),
        ((("w.csv", WESTERN),), "w.csv leaves one thing open", "how it is encoded is not clear"),
        ((("unread.csv", UNREAD),), "unread.csv leaves one thing open", "“many” (1)"),
        ((("unknown.csv", UNKNOWN),), "Which column of unknown.csv is which?", "Still missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_title_is_the_verdict(open_app: Open, db: Path, files: tuple, finding: str, said: str) -> None:
    app = drop(open_app(db, "upload"), *files)
    assert title(app) == finding
    assert said in words(app).replace("\\", "")
    assert held(db, app) == 0


def test_taking_in_stores_the_rows_and_says_so(open_app: Open, db: Path) -> None:
    app = press(drop(open_app(db, "upload"), ("sound.csv", SOUND)), "upload.take")
    assert title(app) == "10 orders imported"
    assert held(db, app) == 10
    assert {"upload.to.overview", "upload.to.retention", "upload.undo"} <= {button.key for button in app.button}


def test_after_an_undo_the_desk_is_empty(open_app: Open, db: Path) -> None:
    app = press(drop(open_app(db, "upload"), ("sound.csv", SOUND)), "upload.take")
    assert "imported" in title(app)
    cached.access().undo(1)
    assert title(app.run()) == "Drop in an export, and see what it holds before anything is stored"


def test_a_file_that_is_loaded_already_cannot_be_taken_in_again(open_app: Open, db: Path) -> None:
    app = press(drop(open_app(db, "upload"), ("sound.csv", SOUND)), "upload.take")
    app.button(key="upload.again").click().run()
    drop(app, ("renamed.csv", SOUND))
    assert title(app) == "renamed.csv is loaded already as import 1: nothing to do"
    assert "upload.take" not in [button.key for button in app.button]


def test_a_changed_order_is_counted_as_changed(open_app: Open, db: Path) -> None:
    app = press(drop(open_app(db, "upload"), ("one.csv", taobao(taobao_row(1), taobao_row(2)))), "upload.take")
    app.button(key="upload.again").click().run()
    press(drop(app, ("two.csv", taobao(taobao_row(1, paid="5.00"), taobao_row(2), taobao_row(3)))), "upload.take")
    assert title(app) == "3 orders imported: 1 new, 1 changed"


def test_cancel_stores_nothing_and_clears_the_desk(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("sound.csv", SOUND))
    folder = Path(app.session_state[KEY].staged._folder.name)
    assert folder.is_dir()
    app.button(key="upload.cancel").click().run()
    assert not folder.exists()
    assert held(db, app) == 0
    assert app.file_uploader


def test_taking_in_removes_the_working_files(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("sound.csv", SOUND))
    folder = Path(app.session_state[KEY].staged._folder.name)
    press(app, "upload.take")
    assert not folder.exists()
    assert app.session_state[KEY].files == ()


def test_the_demo_gives_way_unless_it_is_kept(open_app: Open, db: Path) -> None:
    with Store.open(db) as store:
        load(store, customers=100, seed=1)
    app = drop(open_app(db, "upload"), ("sound.csv", SOUND))
    assert app.checkbox(key="upload.replace").value is True
    press(app, "upload.take")
    assert held(db, app) == 10


def test_the_demo_stays_when_a_person_says_so(open_app: Open, db: Path) -> None:
    with Store.open(db) as store:
        load(store, customers=100, seed=1)
        with store.snapshot() as snap:
            demo = snap.extent().orders
    app = drop(open_app(db, "upload"), ("sound.csv", SOUND))
    app.checkbox(key="upload.replace").uncheck().run()
    press(app, "upload.take")
    assert held(db, app) == demo + 10


def test_mapped_columns_are_guessed_and_remembered(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("shop.csv", MAPPED_ORDERS))
    assert title(app) == "Which column of shop.csv is which?"
    leave(press(app, "map.go"), "amount")
    assert title(app) == "shop.csv can be imported: 66.6% of its rows were read"
    press(app, "upload.take")
    app.button(key="upload.again").click().run()
    drop(app, ("next.csv", MAPPED_ORDERS + "4,2026-03-01,9.00,c\n"))  # the same word is not asked for again
    assert title(app) == "next.csv can be imported: 75.0% of its rows were read"


def test_the_mapper_needs_its_required_fields_or_a_value_for_all_rows(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("survey.csv", "q1,who\n10,a\n9,b\n2,c\n"))
    round_ = app.session_state[KEY].round
    app.segmented_control(key=f"map.{round_}.kind").set_value("nps").run()
    assert app.button(key="map.go").disabled
    app.selectbox(key=f"map.{round_}.nps.score").select_index(1).run()
    assert "Still missing: Date of the answer" in words(app)
    app.date_input(key=f"fix.{round_}.nps.responded_at").set_value("2026-05-01").run()
    press(app, "map.go")
    assert "Import 3 answers" in words(app)


@pytest.mark.parametrize(("order", "first"), [("dmy", "2026-04-03"), ("mdy", "2026-03-04")])
def test_undecidable_dates_are_asked_for(open_app: Open, db: Path, order: str, first: str) -> None:
    app = press(drop(open_app(db, "upload"), ("dates.csv", AMBIGUOUS)), "map.go")
    assert title(app) == "dates.csv leaves one thing open"
    app.radio(key="asked.date_order").set_value(order).run()
    press(app, "asked.date_order.go")
    assert app.session_state[KEY].staged.receipt.first_date.isoformat() == first


@pytest.mark.parametrize(
    ("way", "meant", "amounts", "left"),
    [
        ("leave out", [], [20.0], 2),
        ("empty", [], [20.0], 2),
        ("each", ["1000", "2.5"], [20.0, 1000.0, 2.5], 0),
        ("each", ["leave out", "2.5"], [20.0, 2.5], 1),
    ],
)
def test_unread_cells_are_asked_for(
    open_app: Open, db: Path, way: str, meant: list[str], amounts: list[float], left: int
) -> None:
    app = drop(open_app(db, "upload"), ("unread.csv", UNREAD))
    assert app.button(key="unread.amount.go").disabled
    app.radio(key="unread.amount.way").set_value(way).run()
    for cell, answer in zip(("few", "many"), reversed(meant), strict=False):
        place = [cell.value for cell in app.session_state[KEY].error.cells].index(cell)
        app.text_input(key=f"unread.amount.{place}").set_value(answer).run()
    press(app, "unread.amount.go")
    assert sorted(app.session_state[KEY].previews["orders"]["amount"]) == sorted(amounts)
    assert sum(rule.lines for rule in app.session_state[KEY].staged.receipt.left_out) == left


HEADER = "Order ID,Date,Amount,Customer ID\n"


@pytest.mark.parametrize(
    ("rows", "option", "answer", "column", "values"),
    [
        (
            "1,2026-07-31T23:30:00Z,5,a\n2,2026-08-01T07:30:00+08:00,5,b\n",
            "timezone",
            "+08:00",
            "ordered_at",
            ["08-01 07:30"] * 2,
        ),
        ("1,2026-01-02,¥5,a\n2,2026-01-02,€5,b\n", "currency:¥", "JPY", "currency", ["JPY", "EUR"]),
        ("1,26/01/13,5,a\n2,26/01/14,5,b\n", "date_order", "ymd", "ordered_at", ["01-13 00:00", "01-14 00:00"]),
    ],
    ids=["clock", "currency", "year first"],
)
def test_what_a_column_leaves_open_is_asked_for(
    open_app: Open, db: Path, rows: str, option: str, answer: str, column: str, values: list[str]
) -> None:
    app = press(drop(open_app(db, "upload"), ("open.csv", HEADER + rows)), "map.go")
    assert title(app) == "open.csv leaves one thing open"
    app.radio(key=f"asked.{option}").set_value(answer).run()
    press(app, f"asked.{option}.go")
    found = app.session_state[KEY].previews["orders"][column].to_list()
    assert [f"{cell:%m-%d %H:%M}" if column == "ordered_at" else cell for cell in found] == values


def test_the_order_of_tiers_is_asked_for(open_app: Open, db: Path) -> None:
    rows = "Member ID,Effective date,Tier\na,2026-01-02,Voyager\nb,2026-01-02,Explorer\n"
    app = press(drop(open_app(db, "upload"), ("tiers.csv", rows)), "map.go")
    app.multiselect(key="asked.ladder").set_value(["Voyager", "Explorer"]).run()
    press(app, "asked.ladder.go")
    assert "Voyager < Explorer" in words(app).replace("\\", "")


def test_a_likely_placeholder_can_be_made_nobody(open_app: Open, db: Path) -> None:
    rows = "".join(f"{n},2026-01-02,5,{'till' if n < 25 else n}\n" for n in range(30))
    app = press(drop(open_app(db, "upload"), ("till.csv", HEADER + rows)), "map.go")
    assert app.session_state[KEY].staged.receipt.customers == 6
    press(app, "staged-doubt-0")
    assert app.session_state[KEY].staged.receipt.customers == 5


def test_an_encoding_that_cannot_be_told_is_asked_for(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("w.csv", WESTERN))
    app.radio(key="asked.encoding").set_value("windows-1252").run()
    press(app, "asked.encoding.go")
    press(app, "map.go")
    assert "Windows\\-1252" in words(app)
    assert app.session_state[KEY].previews["orders"]["customer_id"].to_list() == ["José"]


def test_a_recognised_file_can_be_read_otherwise(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("sound.csv", SOUND))
    app.button(key="upload.map").click().run()
    assert title(app) == "How is sound.csv to be read?"
    press(app, "map.go")
    assert title(app) == "sound.csv can be imported: every row was read"


@pytest.mark.parametrize("text", HOSTILE)
def test_names_and_cells_are_never_markup(open_app: Open, db: Path, text: str) -> None:
    app = drop(
        open_app(db, "upload"), (f"{text}.csv".replace("/", "⁄"), taobao(taobao_row(1), taobao_row(2, paid=text)))
    )
    assert "upload.take" not in [button.key for button in app.button]
    leave(app, "amount")
    (row,) = [str(element.value) for element in app.markdown if "such as" in str(element.value)]
    cell = row.split("“", 1)[1].rsplit("” in ", 1)[0]
    for written in (cell, str(app.title[0].value)):
        assert not set(re.sub(r"\\.", "", written)) & set("`*_{}[]<>#|$~&")  # what is left once escapes are taken away
        assert not re.search(r"://|:material|www\.|@\w", written.replace("\\", ""))  # made of text in spite of escapes
    assert cell.replace("\\", "").replace(markup.WORD_JOINER, "") == text


def test_left_out_rows_can_be_fetched_as_csv(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload"), ("mixed.csv", MIXED))
    text = app.session_state[KEY].left_out_csv("number_too_large").decode("utf-8-sig")
    found = [line.split(",")[:4] for line in text.splitlines()[1:]]
    assert found == [["mixed.csv", "5", "买家实际支付金额", "1000000000000"]]


def test_every_line_is_accounted_for(open_app: Open, db: Path) -> None:
    receipt = drop(open_app(db, "upload"), ("mixed.csv", MIXED)).session_state[KEY].staged.receipt
    assert receipt.lines_in == receipt.lines_taken + sum(rule.lines for rule in receipt.left_out)


def test_a_job_hears_that_it_should_stop() -> None:
    begun = threading.Event()

    def work(progress: Callable[[float], None], cancelled: Callable[[], bool]) -> str:
        progress(7.0)
        begun.set()
        while not cancelled():
            threading.Event().wait(0.001)
        raise Cancelled("stopped")

    job = Job(work)
    assert begun.wait(5)
    assert job.share == 1.0
    assert not job.ended(0)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result()


def test_chinese_says_the_verdict_in_chinese(open_app: Open, db: Path) -> None:
    app = drop(open_app(db, "upload", lang="zh"), ("mixed.csv", MIXED))
    assert title(app) == "mixed.csv 可以导入：50.0% 的行已读入"
