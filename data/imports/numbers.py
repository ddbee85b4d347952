"""Money and other numbers as people write them. What the decimal sign is is decided per column, never per cell."""

import polars as pl

# after width folding: sign, opening bracket, currency before; digits with separators; exponent; whatever follows
BODY = (
    r"^[\s\p{Sc}A-Za-z+\-−(]*?([+\-−(]?)[\s\p{Sc}]*(?:[A-Z]{1,3})?[\s\p{Sc}]*([+\-−]?)[\s\p{Sc}]*"
    r"(\d[\d.,'’ \u00a0\u202f]*\d|\d|[.,]\d+)(?:[eE]([+-]?\d+))?"
)
TOO_LARGE = 1e12  # no amount, quantity or weight; a longer exponent than two digits is none either
SAFE_BODY = {
    ".": r"^(?:\d{1,3}(?:[, '’\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?$|^\.\d+$",
    ",": r"^(?:\d{1,3}(?:[. '’\u00a0\u202f]\d{3})+|\d+)(?:,\d+)?$|^,\d+$",
}


def number_shape(value: pl.Expr) -> pl.Expr:
    """The number part of a cell with every digit but 0 as 9: `￥1,234.50` → `9,999.90`; null where there is none."""
    return value.str.normalize("NFKC").str.extract(BODY, 3).str.replace_all(r"[\d--0]", "9")


def decimal_sign(shapes: list[str]) -> str:
    """The decimal sign, "." or ",", that fits the shapes of a whole column; "mixed" when its cells contradict each other.

    `9,999` and `9.999` may be a thousand or not, in any number of cells: "unknown", unless another cell of the column decides.
    """
    votes = {vote for shape in shapes if (vote := _vote(shape))}
    if votes == {".", ","}:
        return "mixed"
    if votes:
        return votes.pop()
    return "unknown" if any("," in shape or "." in shape for shape in shapes) else "."


def _vote(shape: str) -> str | None:
    commas, dots = shape.count(","), shape.count(".")
    if commas and dots:
        last = "," if shape.rfind(",") > shape.rfind(".") else "."
        return last if shape.count(last) == 1 else None
    if commas > 1:
        return "."
    if dots > 1:
        return ","
    if not commas and not dots:
        return None
    sign = "," if commas else "."
    whole, after = shape.split(sign)
    return None if len(after) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0") else sign


def parse_number(value: pl.Expr, *, decimal: str = ".") -> pl.Expr:
    """The number in a cell as Float64 (unit: what the cell is in); null when empty or when it does not fit the decimal sign.

    An exponent of more than two digits gives infinity.
    """
    folded = value.str.normalize("NFKC").str.strip_chars()
    body = folded.str.extract(BODY, 3)
    fits = body.str.contains(SAFE_BODY[decimal])
    plain = (
        body.str.replace_all(r"[, '’\u00a0\u202f]" if decimal == "." else r"[. '’\u00a0\u202f]", "")
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64, strict=False)
    )
    power = folded.str.extract(BODY, 4).fill_null("0")
    exponent = pl.when(power.str.len_chars() <= 3).then(power.cast(pl.Int32, strict=False))
    absurd = power.str.count_matches(r"\d") > 2
    signs = folded.str.extract(BODY, 1) + folded.str.extract(BODY, 2)
    negative = (
        signs.str.contains(r"[-−(]").fill_null(False) | folded.str.contains(r"\d-$") | folded.str.contains(r"^[-−(]")
    )
    size = (
        pl.when(absurd).then(float("inf")).when(exponent == 0).then(plain).otherwise(plain * pl.lit(10.0).pow(exponent))
    )
    return pl.when(fits).then(pl.when(negative).then(-size).otherwise(size)).otherwise(None)
