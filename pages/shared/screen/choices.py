"""The choices that belong to a page: each shows a code of the view and writes it back, so that the URL says what was chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from pages.shared.screen.definition import define
from pages.shared.session import view, visit
from pages.shared.words.texts import _

LIST_WIDTH, NUMBER_WIDTH = 180, 150


def row() -> Any:
    """The container that choices stand in, side by side."""
    return st.container(horizontal=True, gap="small", vertical_alignment="center")


def one(name: str, names: Mapping[str, str], title: str, *, chosen: str | None = None) -> None:
    """One of a few codes, as a segmented control; `names` (to be translated) say what the codes are called.

    `chosen` is what the page made of the view's code, where it is not that code itself.
    """
    key = view.synced(f"option.{name}", chosen or view.current().options[name])
    st.segmented_control(
        title,
        list(names),
        format_func=lambda code: _(names[code]),
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=_take,
        args=(name, key),
        disabled=visit.locked(),
    )


def listed(name: str, codes: Sequence[str], title: str, *, called: Callable[[str], str], chosen: str) -> None:
    """One of many codes, as a list; `chosen` is what the page made of the view's code."""
    key = view.synced(f"option.{name}", chosen)
    st.selectbox(
        title,
        codes,
        format_func=called,
        key=key,
        on_change=_take,
        args=(name, key),
        label_visibility="collapsed",
        width=LIST_WIDTH,
        disabled=visit.locked(),
    )


def amount(name: str, title: str, *, within: tuple[float, float], step: float, help: str | None = None) -> None:
    """A number, typed or stepped; `within` is that of the page's option."""
    whole = float(step).is_integer()
    kind = int if whole else float
    key = view.synced(f"option.{name}", kind(float(view.current().options[name])))
    least, most = (kind(end) for end in within)
    st.number_input(
        title, least, most, step=kind(step), key=key, on_change=_take, args=(name, key), help=help, width=NUMBER_WIDTH,
        disabled=visit.locked(),
    )  # fmt: skip


def definition(metric: str) -> None:
    """The button that opens the definition of a metric."""
    if st.button(_("Definition"), icon=":material/info:", type="tertiary", key=f"define-{metric}"):
        define(metric)


def _take(name: str, key: str) -> None:
    value = st.session_state[key]
    view.change(**{name: f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)})
