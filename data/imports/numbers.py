"""Money and other numbers as people write them. What the decimal sign is is decided per column, never per cell."""

import polars as pl

# after width folding: sign, opening bracket, currency before; digits with separators; exponent; whatever follows
BODY = (
    r"^[\s\p{Sc}A-Za-z+\-−(]*?([+\-−(]?)[\s\p{Sc}]*(?:[A-Z]{1,3})?[\s\p{Sc}]*([+\-−]?)[\s\p{Sc}]*"
    r"(\d[\d.,'’ \u00a0\u202f]*\d|\d|[.,]\d+)(?:[eE]([+-]?\d{1,2}))?"
)
SAFE_BODY = {
    ".": r"^(?:\d{1,3}(?:[, '’\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?$|^\.\d+$",
    ",": r"^(?:\d{1,3}(?:[. '’\u00a0\u202f]\d{3})+|\d+)(?:,\d+)?$|^,\d+$",
}


def number_shape(value: pl.Expr) -> pl.Expr:
    """The number part of a cell with every digit as 9: `￥1,234.50` → `9,999.99`; null where there is none."""
    return value.str.normalize("NFKC").str.extract(BODY, 3).str.replace_all(r"\d", "9")


def decimal_sign(shapes: list[str]) -> str | None:
    """The decimal sign, "." or ",", that fits the shapes of a whole column; None when its cells contradict each other.

    `9,999` alone is a thousand in any number of cells, unless another cell of the column shows that the comma is decimal.
    """
    votes = {vote for shape in shapes if (vote := _vote(shape))}
    if votes == {".", ","}:
        return None
    return votes.pop() if votes else "."


def _vote(shape: str) -> str | None:
    commas, dots = shape.count(","), shape.count(".")
    if commas and dots:
        last = "," if shape.rfind(",") > shape.rfind(".") else "."
        return last if shape.count(last) == 1 else None
    if commas > 1:
        return "."
    if dots > 1:
        return ","
    if commas:
        whole, after = shape.split(",")
        return None if len(after) == 3 and 1 <= len(whole) <= 3 else ","
    if dots:
        whole, after = shape.split(".")
        return None if len(after) == 3 and 1 <= len(whole) <= 3 else "."
    return None


def parse_number(value: pl.Expr, *, decimal: str = ".") -> pl.Expr:
    """The number in a cell as Float64 (unit: what the cell is in); null when empty or when it does not fit the decimal sign."""
    folded = value.str.normalize("NFKC").str.strip_chars()
    body = folded.str.extract(BODY, 3)
    fits = body.str.contains(SAFE_BODY[decimal])
    plain = (
        body.str.replace_all(r"[, '’\u00a0\u202f]" if decimal == "." else r"[. '’\u00a0\u202f]", "")
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64, strict=False)
    )
    exponent = folded.str.extract(BODY, 4).cast(pl.Int32, strict=False).fill_null(0)
    signs = folded.str.extract(BODY, 1) + folded.str.extract(BODY, 2)
    negative = (
        signs.str.contains(r"[-−(]").fill_null(False) | folded.str.contains(r"\d-$") | folded.str.contains(r"^[-−(]")
    )
    size = pl.when(exponent == 0).then(plain).otherwise(plain * pl.lit(10.0).pow(exponent))
    return pl.when(fits & size.is_finite()).then(pl.when(negative).then(-size).otherwise(size)).otherwise(None)
