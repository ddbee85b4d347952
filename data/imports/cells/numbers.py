"""Money and other numbers as people write them. What the decimal sign is is decided per column, never per cell."""

from functools import cache

import polars as pl

from data.imports.cells.currencies import SIGNS, tokens

TOO_LARGE = 1e12  # no amount, quantity or weight; a longer exponent than two digits is none either
GROUPS = r"['’\u02bc \u00a0\u202f]"
SAFE_BODY = {  # thousands, or lakhs and crores
    ".": rf"^(?:\d{{1,3}}(?:(?:,|{GROUPS})\d{{3}})+|\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d+)(?:\.\d+)?$|^\.\d+$",
    ",": rf"^(?:\d{{1,3}}(?:(?:\.|{GROUPS})\d{{3}})+|\d+)(?:,\d+)?$|^,\d+$",
}
MULTIPLIERS = {
    1e3: ("k", "tsd", "tsd.", "thousand", "tausend", "千", "仟", "천", "тыс", "тыс."),
    1e4: ("万", "萬", "만", "w"),
    1e5: ("lakh", "lakhs", "lac", "lacs", "十万"),
    1e6: (
        "m",
        "mm",
        "mn",
        "mio",
        "mio.",
        "mln",
        "mln.",
        "million",
        "millions",
        "millionen",
        "百万",
        "백만",
        "млн",
        "млн.",
    ),
    1e7: ("crore", "crores", "千万", "천만"),
    1e8: ("亿", "億", "억"),
    1e9: ("b", "bn", "billion", "billions", "mrd", "mrd.", "mld", "milliarden", "млрд", "млрд."),
}
FACTORS = {word: factor for factor, words in MULTIPLIERS.items() for word in words}
UNITS = (  # what is counted
    *(
        "pc",
        "pc.",
        "pcs",
        "pcs.",
        "piece",
        "pieces",
        "item",
        "items",
        "unit",
        "units",
        "ea",
        "stk",
        "stk.",
        "stück",
        "st.",
        "x",
    ),
    *"件个個只份次张盒瓶袋包套双本点枚箱",
)
# after width folding: sign, currency (with a dot or without), sign, digits with separators, exponent, and whatever stands behind.
# Patterns stay small and words are looked up: one long pattern of all currencies is twenty times slower.
NUMBER = (
    r"^(?P<sign>[+\-−(]?)\s*(?P<before>[^\d+\-−(.,]*\p{L}\.|[^\d+\-−(.,]*)\s*(?P<inner>[+\-−(]?)\s*"
    rf"(?P<body>[.,]?\d(?:(?:[.,]|{GROUPS})*\d)*)(?:[eE](?P<power>[+-]?\d+))?(?P<rest>.*)$"
)
# no cents, up to three words, sign, note in brackets
REST = (
    r"^(?:[.,][-–—]{1,2}|/-)?\s*(?P<one>[^\s\d\-−()\[\]]*)\s*(?P<two>[^\s\d\-−()\[\]]*)\s*(?P<three>[^\s\d\-−()\[\]]*)"
    r"\s*(?P<last>[-−)]?)\s*(?:[(\[].*[)\]])?$"
)
WORDS = ("one", "two", "three")


@cache
def _joined() -> dict[str, tuple[str, str]]:
    """`万元` and `k€`: a multiplier with a sign of a currency."""
    return {times + sign: (times, sign) for times in FACTORS for sign in SIGNS if times + sign not in tokens()}


def number_parts(value: pl.Expr) -> pl.Expr:
    """The parts of a cell as a struct (sign, before, inner, body, power, rest); all null where there is no digit."""
    return value.str.normalize("NFKC").str.strip_chars("\"' \t\r\n").str.extract_groups(NUMBER)


def _behind(parts: pl.Expr) -> pl.Expr:
    """What stands behind a number as a struct (one, two, three, last) in small letters; all null where it cannot be distinguished."""
    return parts.struct.field("rest").str.to_lowercase().str.extract_groups(REST)


def currency_of(parts: pl.Expr) -> pl.Expr:
    """The currency that a cell writes, in small letters; null when there is none."""
    known = list(tokens())
    behind, joined = _behind(parts), _joined()
    words = [parts.struct.field("before").str.strip_chars().str.to_lowercase()]
    words += [behind.struct.field(name) for name in WORDS]
    found: list[pl.Expr] = [pl.when(word.is_in(known)).then(word) for word in words]
    signs = [sign for _, sign in joined.values()]
    found.append(words[1].replace_strict(list(joined), signs, default=None, return_dtype=pl.String))
    return pl.coalesce(found)


def number_shape(value: pl.Expr) -> pl.Expr:
    """The number part of a cell with every digit but 0 as 9: `￥1,234.50` → `9,999.90`; null where there is none."""
    return number_parts(value).struct.field("body").str.replace_all(r"[\d--0]", "9").name.keep()


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

    Thousands, lakhs and other multipliers are worked out; what else stands behind a number makes it none. An exponent of more than
    two digits gives infinity.
    """
    parts = number_parts(value)
    behind, joined = _behind(parts), _joined()
    one, two, three = (behind.struct.field(name) for name in WORDS)
    body, power = parts.struct.field("body"), parts.struct.field("power").fill_null("0")
    before = parts.struct.field("before").str.strip_chars().str.to_lowercase()
    words = ["", *tokens(), *UNITS]
    understood = (
        before.is_in(["", *tokens()]) & one.is_in([*words, *FACTORS, *joined]) & two.is_in(words) & three.is_in(words)
    )
    fits = body.str.contains(SAFE_BODY[decimal]) & understood
    plain = (
        body.str.replace_all(rf",|{GROUPS}" if decimal == "." else rf"\.|{GROUPS}", "")
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64, strict=False)
    )
    factors = FACTORS | {word: FACTORS[times] for word, (times, _) in joined.items()}
    factor = one.replace_strict(list(factors), list(factors.values()), default=None, return_dtype=pl.Float64)
    exponent = pl.when(power.str.len_chars() <= 3).then(power.cast(pl.Int32, strict=False))
    absurd = power.str.count_matches(r"\d") > 2
    signs = pl.concat_str(
        parts.struct.field("sign"), parts.struct.field("inner"), behind.struct.field("last"), ignore_nulls=True
    )
    negative = signs.str.contains(r"[-−(]")
    size = (
        pl.when(absurd)
        .then(float("inf"))
        .when(factor.is_not_null())
        .then((plain * factor).round(6))
        .when(exponent == 0)
        .then(plain)
        .otherwise(plain * pl.lit(10.0).pow(exponent))
    )
    return pl.when(fits).then(pl.when(negative).then(-size).otherwise(size)).otherwise(None)
