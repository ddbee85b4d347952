"""The page that finds, gives out and erases what is held of one customer."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data import person
from data.people import audit
from data.store.store import Store
from pages.shared.words import markup
from tests.data.rows import nps, order, take
from tests.pages.conftest import OPENED, words

Open = Callable[..., AppTest]
WHO = "*mei*@example.com"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "people.duckdb"
    with Store.open(path) as store:
        orders = [
            order("1", WHO, "2026-01-05", 10.0),
            order("2", WHO, "2026-02-05", 20.0),
            order("3", "c1", "2026-01-07", 5.0),
        ]
        take(store, orders=orders, feedback=[nps("f", WHO, "2026-02-01", 9.0)])
    return path


@pytest.fixture
def db(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(built, tmp_path / "people.duckdb"))


def find(app: AppTest, who: str) -> AppTest:
    app.text_input(key="people.id").set_value(who)
    return app.run()


@pytest.mark.parametrize(
    ("lang", "held", "orders", "nobody"),
    [
        ("en", "3 rows are held of this customer", "2 orders", "The data know no customer"),
        ("zh", "共保存了该客户的 3 行数据", "2 个订单", "数据中没有编号为"),
    ],
)
def test_what_is_held_is_shown_and_an_unknown_id_said(
    open_app: Open, db: Path, lang: str, held: str, orders: str, nobody: str
) -> None:
    app = find(open_app(db, "people", lang=lang), "nobody")
    assert nobody in app.error[0].value
    assert len(app.subheader) == 0
    app = find(app, WHO)
    assert not app.exception
    assert app.subheader[0].value == held
    assert orders in words(app)
    assert not any("mei" in str(value) for value in dict(app.query_params).values())


def test_erasing_asks_for_the_id_again_and_then_does_it(open_app: Open, db: Path) -> None:
    app = find(open_app(db, "people", lang="en"), WHO)
    assert app.button(key="people.erase").disabled
    again = app.text_input(key=f"people.again.{WHO}")
    assert again.set_value("somebody else").run().button(key="people.erase").disabled
    app = app.text_input(key=f"people.again.{WHO}").set_value(WHO).run().button(key="people.erase").click().run()
    assert not app.exception
    assert app.success[0].value == "3 rows were erased."
    assert app.text_input(key="people.id").value == ""
    store = OPENED["store"]
    assert audit.entries(store, limit=5).select("action", "subject").rows() == [("erase", person.trace(WHO))]
    assert "The data know no customer" in find(app, WHO).error[0].value
    with store.snapshot() as snap:
        assert snap.extent().orders == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_decided_is_listed_and_taken_out(open_app: Open, db: Path, lang: str) -> None:
    with Store.open(db) as store:
        take(store, feedback=[nps("f2", "c1", "2026-02-02", 1.0, comment=f"![x](http://x/y.png) so said {WHO}")])
    app = find(open_app(db, "people", lang=lang), WHO)
    title = {"en": "1 other text may name this customer", "zh": "另有 1 处文字可能提到该客户"}[lang]
    assert title in [each.value for each in app.subheader]
    app = app.text_input(key=f"people.again.{WHO}").set_value(WHO).run().button(key="people.erase").click().run()
    assert not app.exception
    assert app.subheader[0].value == title
    assert markup.plain(f"![x](http://x/y.png) so said {WHO}") in app.markdown[-1].value
    app = app.button(key="people.remove.0").click().run()
    assert not app.exception
    assert app.success[0].value == {"en": "It was taken out.", "zh": "已删除。"}[lang]
    assert len(app.subheader) == 0
    with OPENED["store"].reading() as cursor:
        assert cursor.execute("select comment from feedback").fetchall() == [(None,)]


HOSTILE = [
    "'; drop table orders; --",
    "%",
    "{0.__class__}",
    "<img src=x onerror=alert(1)>",
    "![x](http://x/y.png)",
    "../../etc",
]


def test_hostile_ids_are_shown_as_they_are(open_app: Open, db: Path) -> None:
    app = open_app(db, "people", lang="en")
    for hostile in HOSTILE:
        app = find(app, hostile)
        assert not app.exception
        assert len(app.error) == 1
        assert markup.plain(hostile) in app.error[0].value
    assert len(app.subheader) == 0
