"""Choices, numbers and buttons of a page, in Streamlit: what is chosen goes into the view, and so into the address."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import streamlit as st

from pages.shared.model.parts import (
    Amount,
    Button,
    Choice,
    Control,
    Definition,
    File,
    Form,
    OtherDefinitions,
    Place,
    Several,
    Words,
)
from pages.shared.screen import back, takeaway, why
from pages.shared.screen.definition import define
from pages.shared.session import site, view, visit
from pages.shared.words.texts import _

LIST_WIDTH, WIDEST_LIST, NUMBER_WIDTH = 180, 310, 150
LONGEST_WORDS = 60
LETTER_WIDTH, BESIDE_NAME = (
    8,
    60,
)  # pixels of a letter, of which a Chinese character takes two, and of what stands beside a name


def draw(control: Control) -> None:
    """Show it; what a press does is done in the run after it."""
    CONTROLS[type(control)](control)


def go(place: Place) -> None:
    """Where something leads, once it was clicked."""
    if place.codes:
        view.change(**place.codes)
    if place.anchor:
        back.look_at(place.anchor)
    if place.page:
        site.open_page(place.page)
    st.rerun()


def opens(place: Place) -> bool:
    """Whether the person may go there: a page that they may open, and no other view where a link fixes it."""
    if place.codes and visit.locked():
        return False
    entry = site.entry(place.page) if place.page else None
    return not place.page or (entry is not None and entry.allowed)


def buttons(shown: Sequence[Button]) -> None:
    """Side by side; what one does in its place, it does below them."""
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        pressed = [button for button in shown if _pressed(button)]
    for button in pressed:
        _act(button)


def _button(button: Button) -> None:
    if _pressed(button):
        _act(button)


def _pressed(button: Button) -> bool:
    return st.button(
        button.label, icon=button.icon, type=button.kind, key=button.key, on_click=button.sets or (lambda: None)
    )


def _act(button: Button) -> None:
    if button.does:
        button.does()
    if button.leads:
        go(button.leads)


def _choice(choice: Choice) -> None:
    key = view.synced(f"option.{choice.name}", choice.chosen)
    if choice.many:
        st.selectbox(
            choice.title,
            list(choice.names),
            format_func=choice.names.__getitem__,
            key=key,
            on_change=_take,
            args=(choice.name, key),
            label_visibility="collapsed",
            width=_width(choice.names.values()),
            disabled=visit.locked(),
        )
        return
    st.segmented_control(
        choice.title,
        list(choice.names),
        format_func=choice.names.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=_take,
        args=(choice.name, key),
        disabled=visit.locked(),
    )


def _several(several: Several) -> None:
    """The first chosen stands first; taking one out and choosing it again moves it to the end."""
    key = view.synced(f"option.{several.name}", list(several.chosen))
    st.multiselect(
        several.title, list(several.names), format_func=several.names.__getitem__, key=key, on_change=_take_several,
        args=(several, key), disabled=visit.locked(),
    )  # fmt: skip


def _width(names: Iterable[str]) -> int:
    """Of a list, so that its longest name can be read."""
    letters = max((sum(1 if letter.isascii() else 2 for letter in name) for name in names), default=0)
    return min(WIDEST_LIST, max(LIST_WIDTH, LETTER_WIDTH * letters + BESIDE_NAME))


def _amount(amount: Amount) -> None:
    whole = float(amount.step).is_integer()
    kind = int if whole else float
    key = view.synced(f"option.{amount.name}", kind(float(amount.chosen)))
    least, most = (kind(end) for end in amount.within)
    st.number_input(
        amount.title, least, most, step=kind(amount.step), key=key, on_change=_take, args=(amount.name, key), help=amount.help,
        width=NUMBER_WIDTH, disabled=visit.locked(),
    )  # fmt: skip


def _words(words: Words) -> None:
    key = view.synced(f"option.{words.name}", words.chosen)
    st.text_input(
        words.title, key=key, on_change=_take, args=(words.name, key), placeholder=words.title, label_visibility="collapsed",
        max_chars=LONGEST_WORDS, width=WIDEST_LIST, disabled=visit.locked(),
    )  # fmt: skip


def _definition(wanted: Definition) -> None:
    if st.button(_("Definition"), icon=":material/info:", type="tertiary", key=f"define-{wanted.metric}"):
        define(wanted.metric)


def _other_definitions(wanted: OtherDefinitions) -> None:
    why.button(why.OF[wanted.metric], wanted.view, **wanted.arguments)


def _form(form: Form) -> None:
    form.draw()


def _take_several(several: Several, key: str) -> None:
    view.change(**{several.name: ",".join(st.session_state[key]) or several.usual})


def _take(name: str, key: str) -> None:
    value = st.session_state[key]
    view.change(**{name: f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)})


CONTROLS: dict[type, Callable[[Any], None]] = {
    Choice: _choice,
    Several: _several,
    Amount: _amount,
    Words: _words,
    Definition: _definition,
    OtherDefinitions: _other_definitions,
    Button: _button,
    Form: _form,
    File: takeaway.file,
}
