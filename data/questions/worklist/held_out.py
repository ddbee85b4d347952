"""What a campaign changed, as far as the data reach."""

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question, find, observed
from data.sql import first_row
from data.store.snapshot import Snapshot
from metrics.worklist.held_out import CONTACTED, arm, held_out_lift


def lift(snap: Snapshot, question: Question, *, campaign: int, listed: int) -> pl.DataFrame:  # noqa: ARG001
    """The rows of `metrics.worklist.held_out_lift` for the people of a campaign whom the question is about. `listed` is how many the
    campaign holds, so that an answer that was kept is not taken for that of a longer list."""
    as_of = observed(snap.extent(), find("clv"), question.as_of)
    members = nw.from_native(
        snap.cursor.sql(
            "select customer_key, arm, listed_on from campaign_members where campaign_id = $id", params={"id": campaign}
        )
    )
    seen = snap.customers(question.segment, as_of=as_of).select("customer_key")
    named = ~nw.col("customer_key").is_null()
    return held_out_lift(
        members.join(seen, on="customer_key"),
        orders=snap.orders(as_of=as_of).filter(named),
        refunds=snap.refunds(as_of=as_of).filter(named),
        as_of=as_of,
    )


def contacted(snap: Snapshot, rows: pl.DataFrame, campaign: int) -> pl.DataFrame:
    """The rows, with a column customer_key, of those whom the lot of a campaign does not hold out; all of them without one."""
    found = first_row(snap.cursor, "select seed, share from campaigns where id = $id", {"id": campaign})
    if found is None:
        return rows
    seed, share = found
    kept = [arm(seed, key, share) == CONTACTED for key in rows["customer_key"]]
    return rows.filter(pl.Series(kept, dtype=pl.Boolean))
