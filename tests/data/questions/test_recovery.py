"""Who is back after a low score, on the demo, against plain loops over its rows."""

import datetime as dt
from collections import defaultdict
from statistics import median_low

import pytest

from data.demo.load import load
from data.questions.ask import Question, ask
from data.store.store import Store

QUESTION = Question(dt.date(2025, 4, 1), dt.date(2026, 3, 31), dt.date(2026, 7, 18))
DAYS = 90


@pytest.mark.parametrize(("survey", "low"), [("nps", 6), ("csat", 2)])
def test_the_demo_counted_by_hand(tmp_path_factory: pytest.TempPathFactory, survey: str, low: int) -> None:
    ordered, said = defaultdict(set), defaultdict(list)
    with Store.open(tmp_path_factory.mktemp("demo") / "s.duckdb") as store:
        load(store, customers=1500, seed=4)
        with store.snapshot() as snap:
            found = {row["kind"]: row for row in ask(snap, "recovery", QUESTION, survey=survey).iter_rows(named=True)}
            orders = "select customer_key, ordered_at from orders where customer_key is not null and kind = 'order'"
            for key, at in snap.cursor.execute(orders).fetchall():
                ordered[key].add(at.date())
            scores = "select customer_key, responded_at, score from feedback where customer_key is not null and survey = $survey"
            for key, at, score in snap.cursor.execute(scores, {"survey": survey}).fetchall():
                said[key].append((at.date(), score))
    wait, recovered = defaultdict(list), defaultdict(list)
    for key, given in said.items():
        for kind in ("low", "other"):
            ours = [
                on for on, score in given if (score <= low) == (kind == "low") and QUESTION.start <= on <= QUESTION.end
            ]
            if not ours:
                continue
            first = min(ours)
            if any(on <= first for on in ordered[key]):
                later = [(on - first).days for on in ordered[key] if 0 < (on - first).days <= DAYS]
                wait[kind].append(min(later, default=None))
            after = sorted((on, score) for on, score in given if on > first)
            recovered[kind] += [after[0][1] > low] if after else []
    assert min(len(wait["low"]), len(recovered["low"])) > 0
    for kind in ("low", "other"):
        row, back = found[kind], [days for days in wait[kind] if days is not None]
        assert (row["customers"], row["returned"]) == (len(wait[kind]), len(back))
        assert row["days"] == (median_low(back) if back else None)
        assert (row["answered_again"], row["recovered"]) == (len(recovered[kind]), sum(recovered[kind]))
