"""Who was exported to be contacted, and whom the lot held out of it: kept beside the data for as long as a campaign lasts.

All lists that are exported while a campaign runs share its lot, so that who is held out of one is held out of all of them. Arms hang on the
campaign's own random seed and the customer alone, whatever is exported when, and by whom.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from data.errors import RapportError
from data.people import audit
from data.sql import first_row
from data.store.store import Store
from metrics.texts import N_
from metrics.worklist.held_out import CONTACTED, HELD_OUT, arm

MOST_HELD_OUT = 0.5
SEED_BYTES = 16
COLUMNS = "id, share, begins_on, ends_on, maker"
LISTING = f"""
    select {COLUMNS}, count(customer_key) filter (arm = '{CONTACTED}') as contacted,
        count(customer_key) filter (arm = '{HELD_OUT}') as held_out, ended_at
    from campaigns left join campaign_members on campaign_id = id group by all order by id desc
"""


@dataclass(frozen=True)
class Campaign:
    """A stretch of days over which the same people are held out: `share` of all, from the day of the first list on."""

    id: int
    share: float
    begins_on: dt.date
    ends_on: dt.date
    maker: str


@dataclass(frozen=True)
class Taken:
    """What became of a list: its campaign, whom it holds, and how many were held out of it."""

    campaign: Campaign
    customers: frozenset[str]
    held_out: int


def running(store: Store, on: dt.date) -> Campaign | None:
    """The campaign that a list of this day would belong to."""
    with store.reading() as cursor:
        return _running(cursor, on)


def listing(store: Store) -> pl.DataFrame:
    """The newest first: id, share, begins_on, ends_on, maker, contacted, held_out (how many so far), ended_at."""
    with store.reading() as cursor:
        return cursor.sql(LISTING).pl()


def take(store: Store, customers: Sequence[str], *, on: dt.date, share: float, days: int, what: str, who: str) -> Taken:
    """Draw for each customer on a list of that day, note whom it holds and who was held out, and say so.

    Where no campaign runs, one begins: for so many days, with this share held out (0: nobody). While one runs its own share holds. `what`
    is the list, for the audit. RapportError for a share that is none, or days that are not at least one.
    """
    if not 0 <= share <= MOST_HELD_OUT or days < 1:
        raise RapportError(
            N_("A campaign holds out between 0 and {most} % of the customers and lasts a day or more; got {share} % and {days}."),
            most=round(100 * MOST_HELD_OUT), share=f"{100 * share:g}", days=days,
        )  # fmt: skip
    with store.noting() as cursor:
        campaign = _running(cursor, on) or _begin(cursor, on, share, days, who)
        asked = pl.DataFrame({"customer_id": list(dict.fromkeys(customers))}, schema={"customer_id": pl.String})
        known = cursor.sql(
            "select customer_key, customer_id from customer_keys where customer_id in (select unnest($ids))",
            params={"ids": asked["customer_id"].to_list()},
        ).pl()
        seed = _seed(cursor, campaign.id)
        arms = [arm(seed, key, campaign.share) for key in known["customer_key"]]
        drawn = known.with_columns(arm=pl.Series(arms, dtype=pl.String))
        _note(cursor, campaign, drawn, on)
        audit.add(cursor, who, "export", what, f"campaign {campaign.id}")
    contacted = drawn.filter(pl.col("arm") == CONTACTED)["customer_id"].to_list()
    return Taken(campaign, frozenset(contacted), drawn.height - len(contacted))


def end(store: Store, campaign: int, who: str) -> None:
    """No list belongs to it any more; the next one begins another. What was noted stays."""
    with store.noting() as cursor:
        now = dt.datetime.now().replace(microsecond=0)
        cursor.execute("update campaigns set ended_at = $now where id = $id", {"now": now, "id": campaign})
        audit.add(cursor, who, "campaign ended", str(campaign))


def _running(cursor: duckdb.DuckDBPyConnection, on: dt.date) -> Campaign | None:
    found = first_row(
        cursor,
        f"select {COLUMNS} from campaigns where ended_at is null and ends_on >= $on order by id desc limit 1",
        {"on": on},
    )
    return Campaign(*found) if found else None


def _begin(cursor: duckdb.DuckDBPyConnection, on: dt.date, share: float, days: int, who: str) -> Campaign:
    (newest,) = first_row(cursor, "select coalesce(max(id), 0) from campaigns") or (0,)
    made = Campaign(newest + 1, share, on, on + dt.timedelta(days=days), who)
    cursor.execute(
        "insert into campaigns values ($1, $2, $3, $4, $5, $6, $7, null)",
        [made.id, share, secrets.token_hex(SEED_BYTES), made.begins_on, made.ends_on, who, dt.datetime.now().replace(microsecond=0)],
    )  # fmt: skip
    return made


def _seed(cursor: duckdb.DuckDBPyConnection, campaign: int) -> str:
    (seed,) = first_row(cursor, "select seed from campaigns where id = $id", {"id": campaign}) or ("",)
    return str(seed)


def _note(cursor: duckdb.DuckDBPyConnection, campaign: Campaign, drawn: pl.DataFrame, on: dt.date) -> None:
    """Who is on a list of the campaign for the first time."""
    cursor.execute(
        """
        insert into campaign_members
        select $id, customer_key, arm, $on from (select unnest($keys) as customer_key, unnest($arms) as arm)
        where customer_key not in (select customer_key from campaign_members where campaign_id = $id)
        """,
        {"id": campaign.id, "on": on, "keys": drawn["customer_key"].to_list(), "arms": drawn["arm"].to_list()},
    )
