"""Points of the programme: what was earned, spent and lost, what is out, what it will cost, and how it is spread over members."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
from scipy.special import stdtrit

from metrics.engine.periods import EVERY, calendar, checked, start_of
from metrics.engine.reduce import collected, distinct, in_order
from metrics.programme.breakage import BACK, EXPIRED, SPENT, breakage, curves, pieces
from metrics.programme.ledger import ADJUST, CANCEL, EPOCH, EXPIRE, SPEND, UNIT, Ledger, replay
from metrics.statistics.shares import with_share

FLOWS = ("earned", "adjusted", "spent", "expired", "cancelled")
POINT_TYPES: dict[str, pl.DataType] = dict.fromkeys(("members", "opening", *FLOWS, "outstanding"), pl.Int64())
TREND_TYPES: dict[str, pl.DataType] = {"period": pl.Date(), "complete": pl.Boolean(), **POINT_TYPES}
LIABILITY_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("members", "outstanding"), pl.Int64()),
    **dict.fromkeys(
        ("breakage", "low", "high", "beyond_share", "liability", "liability_low", "liability_high"), pl.Float64()
    ),
}
AGE_TYPES: dict[str, pl.DataType] = {
    **dict.fromkeys(("age_days", "members", "earned"), pl.Int64()),
    **dict.fromkeys(("spent", "low", "high", "expired", "taken_back", "left"), pl.Float64()),
}
BALANCE_TYPES: dict[str, pl.DataType] = {
    "band": pl.String(),
    **dict.fromkeys(("members", "holding", "points"), pl.Int64()),
    **dict.fromkeys(("share", "low", "high"), pl.Float64()),
}
BANDS = (1, 100, 500, 1_000, 5_000)  # from which balance on
BAND_NAMES = ("0", "1-99", "100-499", "500-999", "1000-4999", "5000+")
WHY = {SPEND: "spent", EXPIRE: "expired", CANCEL: "cancelled"}
AGE_STEP = 30
BEYOND = ("spent", "expired")


@dataclass(frozen=True)
class Group:
    """Some customers: what tells them apart, and which places of the ledger they have."""

    named: dict[str, object]
    who: np.ndarray  # bool by place


def points(
    points: nw.LazyFrame, *, as_of: dt.date, start: dt.date, end: dt.date, by: Sequence[str] = ()
) -> pl.DataFrame:
    """What moved between two dates and what is out at the end of the later one, or of `as_of` if that is earlier.

    One row, or one per combination of `by`: members (who have points at the end), opening (points out before the first day), earned,
    adjusted (added less taken), spent, expired, cancelled, outstanding: opening + earned + adjusted − spent − expired − cancelled. Whole
    points; overdrawn ones count as less than nothing. `points` are rows of Snapshot.points, of all days. Without rows: zeros.
    """
    until = min(end, as_of)
    ledger = replay(points, as_of=until)
    rows = [
        {**group.named, **_moved(ledger, group.who, start, until, ledger.balance)}
        for group in groups(points, ledger, by)
    ]
    return _typed(points, rows, by, POINT_TYPES)


def points_trend(
    points: nw.LazyFrame, *, as_of: dt.date, start: dt.date, end: dt.date, period: str = "month", by: Sequence[str] = ()
) -> pl.DataFrame:
    """As `points`, period by period from the one that holds `start` to the one that holds `end`, each as far as `as_of` has seen it: period
    (its first day), complete (whether it has ended by `as_of`). A period that ended before the first movement is no row."""
    checked("period", period, EVERY)
    last = min(end, as_of)
    ledger = replay(points, as_of=last)
    if not len(ledger.opened) and not len(ledger.taken.day):
        return _typed(points, [], by, TREND_TYPES, ["period"])
    earliest = EPOCH + dt.timedelta(days=int(np.concatenate([ledger.opened, ledger.taken.day]).min()))
    begin = max(start_of(start, period), start_of(earliest, period))
    shown = calendar(begin, last, period).rows(named=True) if begin <= last else []
    everybody = list(groups(points, ledger, by))
    rows: list[dict[str, object]] = []
    for each, balance in zip(shown, _balances(ledger, [min(each["end"], last) for each in shown]), strict=True):
        told = {"period": each["start"], "complete": each["end"] <= as_of}
        for group in everybody:
            moved = _moved(ledger, group.who, each["start"], min(each["end"], last), balance)
            rows.append({**group.named, **told, **moved})
    return _typed(points, rows, by, TREND_TYPES, ["period"])


def points_liability(
    points: nw.LazyFrame,
    *,
    as_of: dt.date,
    point_value: float = 0.01,
    beyond: str = "spent",
    by: Sequence[str] = (),
    confidence: float = 0.95,
    minimum: int = 30,
) -> pl.DataFrame:
    """The points that are out and what they will cost: those that will never be spent are estimated from what became of earlier ones.

    One row, or one per combination of `by`: members (with points), outstanding, breakage (share that is never spent), low, high,
    beyond_share (of the outstanding ones, those that outlive every award seen so far; `beyond` says what becomes of them),
    liability (outstanding × (1 − breakage) × `point_value`), liability_low, liability_high. Below `minimum` members the counts stand and
    the rest is null; overdrawn points take nothing off.
    """
    checked("beyond", beyond, BEYOND)
    ledger, today = replay(points, as_of=as_of), _day(as_of)
    keys = ledger.keys.to_numpy()
    rows = []
    for group in groups(points, ledger, by):
        out = int(ledger.left[group.who[ledger.customer]].sum()) / UNIT
        members = int((_out(ledger)[group.who] > 0).sum())
        row: dict[str, object] = {**group.named, "members": members, "outstanding": round(out)}
        if members >= max(minimum, 1):
            share, low, high, further = breakage(
                pieces(ledger, group.who, today=today), keys, beyond_expires=beyond == "expired", confidence=confidence
            )
            costs = [out * point_value * (1 - lost) for lost in (share, high, low)]
            row |= {"breakage": share, "low": low, "high": high, "beyond_share": further}
            row |= dict(zip(("liability", "liability_low", "liability_high"), costs, strict=True))
        rows.append(row)
    return _typed(points, rows, by, LIABILITY_TYPES)


def points_by_age(
    points: nw.LazyFrame, *, as_of: dt.date, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """What has become of points so many days after they were given: one row per combination of `by` and age_days (0, 30, 60 … to the oldest
    award): members (with an award followed for so long), earned (points of such awards), spent (share of points, from all awards),
    low, high, expired, taken_back, left (what is still out). Below `minimum` members the counts stand and the shares are null.
    """
    ledger, today = replay(points, as_of=as_of), _day(as_of)
    keys = ledger.keys.to_numpy()
    rows: list[dict[str, object]] = []
    for group in groups(points, ledger, by):
        awards = group.who[ledger.customer]
        if not awards.any():
            continue
        followed = today - ledger.opened[awards]
        of, units = pieces(ledger, group.who, today=today), ledger.units[awards]
        found = curves(of, keys)
        oldest = np.zeros(len(keys), np.int64)
        np.maximum.at(oldest, ledger.customer[awards], followed + 1)
        for age in range(0, int(followed.max()) + 1, AGE_STEP):
            members = int((oldest > age).sum())
            row: dict[str, object] = {
                "age_days": age,
                "members": members,
                "earned": round(int(units[followed >= age].sum()) / UNIT),
            }
            at = min(age, found.left.shape[1] - 1)
            if members >= max(minimum, 1):
                share = float(found.gone[0, at, SPENT])
                others = found.gone[1:, at, SPENT]
                spread = (len(others) - 1) / len(others) * ((others - others.mean()) ** 2).sum()
                half = float(stdtrit(len(others) - 1, (1 + confidence) / 2) * np.sqrt(spread))
                row |= {"spent": share, "low": max(share - half, 0.0), "high": min(share + half, 1.0)}
                row |= {"expired": float(found.gone[0, at, EXPIRED]), "taken_back": float(found.gone[0, at, BACK])}
                row |= {"left": float(found.left[0, at])}
            rows.append({**group.named, **row})
    return _typed(points, rows, by, AGE_TYPES, ["age_days"])


def points_balances(
    points: nw.LazyFrame, *, as_of: dt.date, by: Sequence[str] = (), confidence: float = 0.95, minimum: int = 30
) -> pl.DataFrame:
    """Members by how many points they have: one row per combination of `by` and band (the first is no points, or fewer than none): members
    (who ever had points), holding (of these, with a balance in the band), points (that these have together), share (holding / members),
    low, high (Wilson). Below `minimum` members the counts stand and the shares are null."""
    ledger = replay(points, as_of=as_of)
    balance = ledger.balance
    band = np.searchsorted(np.array(BANDS) * UNIT, balance, side="right")
    rows: list[dict[str, object]] = []
    for group in groups(points, ledger, by):
        people = int(group.who.sum())
        for place, name in enumerate(BAND_NAMES):
            own = group.who & (band == place)
            held = round(int(balance[own].sum()) / UNIT)
            rows.append({**group.named, "band": name, "members": people, "holding": int(own.sum()), "points": held})
    types = {name: kind for name, kind in BALANCE_TYPES.items() if name not in ("share", "low", "high")}
    counted = _typed(points, rows if len(ledger.keys) else [], by, types)
    shared = with_share(counted, successes="holding", n="members", name="share", confidence=confidence, minimum=minimum)
    return shared.select(*by, *(pl.col(name).cast(kind) for name, kind in BALANCE_TYPES.items()))


def groups(points: nw.LazyFrame, ledger: Ledger, by: Sequence[str]) -> Iterator[Group]:
    """Everybody, or one group per combination of `by`, in their order."""
    if not by:
        yield Group({}, np.ones(len(ledger.keys), bool))
        return
    known = collected(distinct(points, ("customer_key", *by)))
    placed = pl.DataFrame({"customer_key": ledger.keys}).join(
        known, on="customer_key", how="left", maintain_order="left"
    )
    for named in placed.select(by).unique().sort(by, nulls_last=True).iter_rows(named=True):
        same = placed.select(
            pl.all_horizontal(pl.col(name).eq_missing(pl.lit(value)) for name, value in named.items())
        ).to_series()
        yield Group(named, same.to_numpy())


def _out(ledger: Ledger) -> np.ndarray:
    """Units that each customer can spend."""
    out = np.zeros(len(ledger.keys), np.int64)
    np.add.at(out, ledger.customer, ledger.left)
    return out


def _balances(ledger: Ledger, days: Sequence[dt.date]) -> Iterator[np.ndarray]:
    """Units of each customer at the end of each of these days, which go up."""
    taken = ledger.taken
    customer, day = np.concatenate([ledger.customer, taken.customer]), np.concatenate([ledger.opened, taken.day])
    units = np.concatenate([ledger.units, -taken.units])
    order = np.argsort(day, kind="stable")
    ends = np.searchsorted(day[order], [_day(each) for each in days], side="right")
    balance, begin = np.zeros(len(ledger.keys), np.int64), 0
    for end in ends:
        part = order[begin:end]
        np.add.at(balance, customer[part], units[part])
        begin = int(end)
        yield balance.copy()


def _moved(ledger: Ledger, who: np.ndarray, start: dt.date, until: dt.date, balance: np.ndarray) -> dict[str, int]:
    """The flows of the days from `start` to `until`; `balance` holds the units of each customer at their end."""
    first, last = _day(start), _day(until)
    own, taken = who[ledger.customer], ledger.taken
    opened = own & (ledger.opened >= first) & (ledger.opened <= last)
    left = who[taken.customer] & (taken.day >= first) & (taken.day <= last)
    flows = {name: int(taken.units[left & (taken.why == why)].sum()) for why, name in WHY.items()}
    flows["earned"] = int(ledger.units[opened & ledger.earned].sum())
    flows["adjusted"] = int(ledger.units[opened & ~ledger.earned].sum()) - int(
        taken.units[left & (taken.why == ADJUST)].sum()
    )
    out = int(balance[who].sum())
    opening = out - flows["earned"] - flows["adjusted"] + flows["spent"] + flows["expired"] + flows["cancelled"]
    counted = {name: round(units / UNIT) for name, units in {"opening": opening, **flows, "outstanding": out}.items()}
    return {"members": int((balance[who] > 0).sum()), **counted}


def _typed(
    points: nw.LazyFrame,
    rows: list[dict[str, object]],
    by: Sequence[str],
    types: dict[str, pl.DataType],
    keys: Sequence[str] = (),
) -> pl.DataFrame:
    """The rows with their types, those of `by` as the frame has them."""
    schema = collected(points.select(*by).head(0)).schema if by else {}
    return in_order(pl.DataFrame(rows, schema={**schema, **types}), by, types, keys)


def _day(date: dt.date) -> int:
    return (date - EPOCH).days
