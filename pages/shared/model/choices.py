"""The choices that belong to a page: each shows a code of the view and writes it back, so that the address says what was chosen."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from pages.shared.model.parts import Amount, Choice, Definition, OtherDefinitions, Row, Several, Words
from pages.shared.model.rendering import renderer
from pages.shared.session import view
from pages.shared.session.view import View
from pages.shared.words.texts import _

SIDE_BY_SIDE = 6
IN_A_COLUMN = 4  # beside a chart that takes a part of the width


def row(*, labelled: bool = False) -> AbstractContextManager[object]:
    """The place that choices stand in, side by side."""
    return renderer().frame(Row(labelled))[0]


def one(
    name: str, names: Mapping[str, str], title: str, *, chosen: str | None = None, side_by_side: int = SIDE_BY_SIDE
) -> None:
    """One of a few codes, or a list where there are more than stand side by side; `names` (to be translated) say what they are called.

    `chosen` is what the page made of the view's code, where it is not that code itself.
    """
    named = {code: _(text) for code, text in names.items()}
    many = len(named) > side_by_side
    renderer().control(Choice(name, named, title, chosen or view.current().options[name], many=many))


def listed(name: str, codes: Sequence[str], title: str, *, called: Callable[[str], str], chosen: str) -> None:
    """One of many codes, as a list; `chosen` is what the page made of the view's code."""
    renderer().control(Choice(name, {code: called(code) for code in codes}, title, chosen, many=True))


def several(name: str, names: Mapping[str, str], title: str, *, chosen: Sequence[str], usual: str) -> None:
    """Some of the codes, in the order in which they are chosen; `usual` is the code of the address where none is."""
    renderer().control(Several(name, {code: _(text) for code, text in names.items()}, title, chosen, usual))


def amount(name: str, title: str, *, within: tuple[float, float], step: float, help: str | None = None) -> None:
    """A number, typed or stepped; `within` is that of the page's option."""
    renderer().control(Amount(name, title, view.current().options[name], within, step, help))


def words(name: str, title: str) -> None:
    """Words to look for, as typed."""
    renderer().control(Words(name, title, view.current().options[name]))


def definition(metric: str) -> None:
    """The way to the definition of a metric."""
    renderer().control(Definition(metric))


def other_definitions(metric: str, current: View, **arguments: object) -> None:
    """The way to the number by the definitions that other tools use."""
    renderer().control(OtherDefinitions(metric, current, arguments))
