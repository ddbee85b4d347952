"""How customers can be reached: by the id that names them where it is an address or a number, or by a column of the members file."""

import json
import re

import narwhals.stable.v2 as nw
import polars as pl

from data.questions.ask import Question
from data.store.snapshot import Snapshot
from metrics.engine.reduce import collected

MAIL = re.compile(r"e-?mail|邮箱|邮件", re.IGNORECASE)  # headers
PHONE = re.compile(r"phone|mobile|\btel\b|手机|电话", re.IGNORECASE)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FEWEST_DIGITS, MOST_DIGITS = 7, 15
TYPES = {"customer_id": pl.String, "email": pl.String, "phone": pl.String}


def contacts(snap: Snapshot, question: Question, *, customers: tuple[str, ...]) -> pl.DataFrame:
    """One row per customer of these that the question's segment holds: customer_id, email, phone (digits alone); null where not known."""
    known = snap.customers(question.segment).filter(nw.col("customer_id").is_in(list(customers)))
    rows = collected(known.select("customer_key", "customer_id").join(snap.further(), on="customer_key", how="left"))
    found = [(name, *_of_one(name, attributes)) for name, attributes in rows["customer_id", "attributes"].iter_rows()]
    return pl.DataFrame(found, schema=TYPES, orient="row").sort("customer_id")


def _of_one(customer_id: str, attributes: str | None) -> tuple[str | None, str | None]:
    told = [("", customer_id), *((name, str(value)) for name, value in json.loads(attributes or "{}").items() if value)]
    mail = next((value for name, value in told if (not name or MAIL.search(name)) and ADDRESS.fullmatch(value)), None)
    numbers = (_digits(value) for name, value in told if (not name or PHONE.search(name)) and "@" not in value)
    return mail, next(filter(None, numbers), None)


def _digits(value: str) -> str | None:
    digits = re.sub(r"[^0-9]", "", value)
    plain = re.fullmatch(r"\+?[\d ().\-/]+", value)
    return digits if plain and FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None
