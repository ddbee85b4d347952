"""The app on four stores: empty, demo, a handful of rows, and answers alone."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from data.demo.load import load
from data.store.store import ImportMeta, Store
from tests import callbacks
from tests.data.rows import order, take
from tests.metrics.buying import buying
from tests.pages import answers

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 120
DEMO_CUSTOMERS = 600


@pytest.fixture(scope="session")
def first_demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data, for tests to copy: what one notes, keeps or imports must not reach the next."""
    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    with Store.open(path) as store:
        load(store, customers=DEMO_CUSTOMERS, seed=1)
    return path


@pytest.fixture
def demo_path(first_demo_path: Path, tmp_path: Path) -> Path:
    """The demo data in a file of the test's own."""
    return Path(shutil.copy(first_demo_path, tmp_path / "demo.duckdb"))


@pytest.fixture(scope="session")
def few_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine answers in one quarter and no order."""
    path = tmp_path_factory.mktemp("few") / "few.duckdb"
    with Store.open(path) as store:
        take_in_answers(store, dt.date(2026, 4, 1), [10, 9, 9, 8, 7, 6, 3, 0, 10])
    return path


def take_in_answers(store: Store, first: dt.date, scores: list[int]) -> None:
    """One import: an NPS answer a day, each with a comment that looks like markup."""
    rows = pl.DataFrame(
        {
            "source": "test",
            "feedback_id": [f"{first} {place}" for place in range(len(scores))],
            "customer_id": [f"c{place}" for place in range(len(scores))],
            "responded_at": [
                dt.datetime.combine(first, dt.time()) + dt.timedelta(days=place) for place in range(len(scores))
            ],
            "survey": "nps",
            "score": [float(score) for score in scores],
            "scale_low": 0.0,
            "scale_high": 10.0,
            "touchpoint": None,
            "channel": None,
            "store": None,
            "region": "East China",
            "order_id": None,
            "comment": "<b>*bold*</b> =1+1 [link](http://x)",
            "weight": None,
        },
        schema_overrides={
            **dict.fromkeys(("touchpoint", "channel", "store", "order_id"), pl.String),
            "responded_at": pl.Datetime("us"),
            "weight": pl.Float64,
        },
    )
    table = rows.to_arrow()
    store.merge({"feedback": lambda: table.to_reader()}, ImportMeta(f"{first}.csv", f"{first}", "nps"))


def bought(path: Path, **options: object) -> Path:
    """A store of generated orders."""
    rows = [
        order(str(number), f"c{key}", at.isoformat(), amount)
        for number, (key, at, amount) in enumerate(buying(**options).iter_rows())  # type: ignore[arg-type]
    ]
    with Store.open(path / "s.duckdb") as store:
        take(store, orders=rows)
    return path / "s.duckdb"


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Open the app on a store, at a page, with parameters in the URL."""

    def opened(db: Path, code: str = "", **params: str | list[str]) -> AppTest:
        monkeypatch.setenv("RAPPORT_DB", str(db))
        _close()
        return run_app(code, **params)

    yield opened
    _close()


def run_app(code: str = "", **params: str | list[str]) -> AppTest:
    """The app in a new session, on the store that is open."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS)
    for name, value in params.items():
        app.query_params[name.rstrip("_")] = value
    return _at(app, code).run()


def go(app: AppTest, code: str) -> AppTest:
    """Open a page as the navigation does, which leaves the URL without parameters."""
    app.query_params.clear()
    return _at(app, code).run()


def _at(app: AppTest, code: str) -> AppTest:
    # pages are functions, which switch_page() does not take; Streamlit knows a page by this hash of its path
    app._page_hash = calc_hash(code) if code else ""
    return app


def _close() -> None:
    """Let the process forget its store, so that the next test opens its own."""
    OPENED.clear()
    while EVERY_ONE:
        EVERY_ONE.pop().close()
    st.cache_data.clear()


OPENED: dict[str, Store] = {}  # the last one
EVERY_ONE: list[Store] = []


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """What Streamlit does for each app that it tests, and takes longer than most pages, it does once, or not at all: to look up which
    packages bring components, which do not change meanwhile, and to look a thousand times a second whether the page is done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(local_script_runner, "require_widgets_deltas", _wait)
        yield


def _wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
    thread = runner._script_thread
    assert thread is not None
    thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"The page took longer than {timeout} s.")


@pytest.fixture(autouse=True)
def no_callbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is opened here, no page has the pool of Polars call back to Python, and no frame goes to the screen by pandas."""
    callbacks.forbid(monkeypatch)


@pytest.fixture(autouse=True)
def remember_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep hold of the stores that are opened: DuckDB lets a file go, and its threads end, only when each is closed."""
    opens = Store.open.__func__  # type: ignore[attr-defined]

    def remembered(cls: type[Store], *args: object, **kwargs: object) -> Store:
        store = answers.opens(Path(str(args[0])), lambda: opens(cls, *args, **kwargs))
        OPENED["store"] = store
        EVERY_ONE.append(store)
        return store

    monkeypatch.setattr(Store, "open", classmethod(remembered))


@pytest.fixture(autouse=True)
def share_answers(monkeypatch: pytest.MonkeyPatch, no_callbacks: None, remember_the_store: None) -> None:
    """Work out what is asked of equal files once. After the others, for what a test replaces itself ends it."""
    answers.share(monkeypatch)


def words(app: AppTest) -> str:
    """Everything that the page says in native elements, what stands behind their signs included."""
    kinds = ("title", "subheader", "markdown", "text", "caption", "warning", "error", "info")
    elements = [element for kind in kinds for element in getattr(app, kind)]
    said = [f"{element.value} {getattr(element.proto, 'help', '')}".rstrip() for element in elements]
    return "\n".join([*said, *(button.label for button in app.button)])
