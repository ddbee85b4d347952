"""Charts of the programme as figures."""

import pytest

from pages.programme.charts import Bar, bars
from pages.shared.model.theme import SERIES


@pytest.mark.parametrize(
    ("ids", "drawn"),
    [([], ()), (["", ""], None), (["a", ""], None), (["a", "b"], ("a", "b"))],
    ids=["nothing", "none leads anywhere", "one does", "each does"],
)
def test_bars_have_ids_where_each_has_its_own(ids: list[str], drawn: tuple[str, ...] | None) -> None:
    """Of marks with equal ids Plotly draws the first alone."""
    rows = [Bar(f"bar {n}", n + 1.0, "shown", SERIES[0], "read", id=one) for n, one in enumerate(ids)]
    (trace,) = bars(rows).data
    assert (trace.ids and tuple(trace.ids)) == drawn
    assert len(trace.x) == len(ids)
