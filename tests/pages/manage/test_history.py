"""The history: what was imported, what an undo would change, and that it does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.imports import NamedBytes, stage
from data.store.store import Store
from tests.pages.conftest import go, words
from tests.pages.manage.uploading import taobao, taobao_row

Open = Callable[..., AppTest]
FIRST = taobao(taobao_row(1), taobao_row(2), taobao_row(3, closed="不想要了"))
LATER = taobao(taobao_row(1, paid="5.00"), taobao_row(2), taobao_row(4), taobao_row(5))


def ask_to_undo() -> None:
    """A page that asks to undo import 2."""
    from pages.manage.history.page import confirm_undo

    confirm_undo(2)


@pytest.fixture
def two_imports(tmp_path: Path) -> Path:
    """Two exports of one shop: of the second, two orders are new, one changed, one the same."""
    db = tmp_path / "two.duckdb"
    with Store.open(db) as store:
        for name, data in (("*first*.csv", FIRST), ("[later](x).csv", LATER)):
            with stage([NamedBytes(name, data)], store=store) as staged:
                staged.take_in()
    return db


def test_an_empty_history_leads_to_the_upload(open_app: Open, tmp_path: Path) -> None:
    app = open_app(tmp_path / "empty.duckdb", "history")
    assert app.title[0].value == "Nothing has been imported yet"
    assert app.button(key="history.upload")


def test_each_import_has_a_row_the_newest_first(open_app: Open, two_imports: Path) -> None:
    app = open_app(two_imports, "history")
    assert app.title[0].value == "2 imports make up the data"
    said = words(app)
    assert said.index("**2**") < said.index("**1**")
    assert "2 new · 1 changed · 1 unchanged · 0 rows left out" in said
    assert "2 new · 0 changed · 0 unchanged · 1 row left out" in said
    assert "**\\*first\\*\\.csv**" in said
    assert "\\[later\\]\\(x\\)\\.csv" in said


def test_undoing_says_what_changes_and_does_it(open_app: Open, two_imports: Path) -> None:
    open_app(two_imports, "history")
    from pages.shared.session import cached

    asked = AppTest.from_function(ask_to_undo, default_timeout=20).run()
    assert not asked.exception
    said = asked.markdown[0].value
    assert "2 orders leave the data." in said
    assert "1 order: the earlier content comes back." in said
    with cached.store().snapshot() as snap:
        assert snap.extent().orders == 4
    asked.button(key="undo.go").click().run()
    with cached.store().snapshot() as snap:
        assert snap.extent().orders == 2
        assert snap.orders().collect("polars")["amount"].to_list() == [20.0, 20.0]


def test_an_undone_import_is_marked_and_cannot_be_undone_again(open_app: Open, two_imports: Path) -> None:
    with Store.open(two_imports) as store:
        store.undo(2)
    app = open_app(two_imports, "history")
    said = words(app)
    assert app.title[0].value == "1 import makes up the data"
    assert "Undo of import 2" in said
    assert "undone" in said
    assert [button.key for button in app.button if str(button.key).startswith("history.undo")] == ["history.undo.1"]


def test_a_history_of_the_demo_names_no_file(open_app: Open, demo_path: Path) -> None:
    said = words(open_app(demo_path, "history"))
    assert "made-up data of a chain" in said
    assert "demo data" in said


def test_the_history_speaks_chinese(open_app: Open, two_imports: Path) -> None:
    assert open_app(two_imports, "history", lang="zh").title[0].value == "数据由 2 次导入构成"


def test_the_history_follows_an_upload_in_the_same_session(open_app: Open, two_imports: Path) -> None:
    app = open_app(two_imports, "upload")
    from pages.shared.session import cached

    cached.store().undo(1)
    assert "Undo of import 1" in words(go(app, "history"))
