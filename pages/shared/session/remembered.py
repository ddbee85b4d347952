"""What was worked out before from the same values. For figures, whose every property Plotly checks, and for comparisons of many small
frames: together they take longer than all else on a page whose answers are kept."""

import pickle
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

from pages.shared.words.texts import language, speaking

KEPT = 1_000

Given = ParamSpec("Given")
Made = TypeVar("Made")


def remembered(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Keep what a function makes, by the values that it is given and the language. It is shared: never change it in place.

    The function must depend on nothing else, and its arguments be such as can be pickled.
    """

    @wraps(make)
    def kept(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        made: Made = _made(make, language(), pickle.dumps((args, kwargs)))
        return made

    return kept


@lru_cache(maxsize=KEPT)
def _made(make: Callable[..., Any], code: str, packed: bytes) -> Any:
    args, kwargs = pickle.loads(packed)
    with speaking(code):
        return make(*args, **kwargs)
