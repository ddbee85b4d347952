"""Currencies as cells write them: signs, codes and names, and what a sign that several countries use stands for."""

from collections.abc import Collection, Mapping
from functools import cache

from babel.numbers import list_currencies

SPELLINGS: dict[str, tuple[str, ...]] = {  # codes that a sign may stand for → its spellings in small letters
    "EUR": ("€", "eur", "euro", "euros", "欧元"),
    "GBP EGP LBP": ("£",),
    "INR": ("₹",),
    "USD CAD AUD NZD SGD HKD TWD MXN CLP COP ARS": ("$",),
    "USD": ("us$", "us $", "美元"),
    "AUD": ("a$", "au$"),
    "CAD": ("c$", "ca$", "cad$"),
    "NZD": ("nz$",),
    "SGD": ("s$", "sg$"),
    "HKD": ("hk$", "港币", "港元"),
    "TWD": ("nt$",),
    "MXN": ("mx$",),
    "BRL": ("r$",),
    "MOP": ("mop$",),
    "CNY JPY": ("¥",),
    "CNY": ("cn¥", "元", "块", "人民币", "rmb", "圆"),
    "JPY": ("jp¥", "円", "日元"),
    "KRW": ("원", "₩"),
    "GBP": ("英镑",),
    "SEK NOK DKK ISK": ("kr",),
    "DKK SEK NOK ISK": ("kr.",),
    "INR PKR LKR NPR": ("rs", "rs."),
    "PLN": ("zł", "zl"),
    "CZK": ("kč",),
    "HUF": ("ft",),
    "RON": ("lei",),
    "RUB": ("₽", "руб", "руб.", "р."),
    "TRY": ("₺", "tl"),
    "THB": ("฿",),
    "VND": ("₫", "đ"),
    "ILS": ("₪",),
    "PHP": ("₱",),
    "UAH": ("₴",),
    "NGN": ("₦",),
    "IDR": ("rp",),
    "CHF": ("fr.", "sfr."),
    "PEN": ("s/",),
    "MYR": ("rm",),
    "KZT": ("₸",),
    "CRC": ("₡",),
    "PYG": ("₲",),
    "AFN": ("؋",),
}
SIGNS = {sign: tuple(codes.split()) for codes, signs in SPELLINGS.items() for sign in signs}
USUAL = {"$": "USD", "£": "GBP"}  # what a sign stands for unless something says otherwise


@cache
def tokens() -> dict[str, tuple[str, ...]]:
    """Every spelling in small letters → the codes that it may stand for."""
    return {code.lower(): (code,) for code in sorted(list_currencies())} | SIGNS


def meant(found: Collection[str], answers: Mapping[str, str], given: str, decimals: bool) -> dict[str, str | None]:
    """The currency of each token of a column; None where it must be asked for.

    An answer goes first, then the currency given for the file, then other tokens of the column. A yen has no decimals.
    """
    sure = {codes[0] for token in found if len(codes := tokens()[token]) == 1} | {given}
    result: dict[str, str | None] = {}
    for token in sorted(found):
        codes = tokens()[token]
        shared = [code for code in codes if code in sure]
        if token in answers:
            result[token] = answers[token].upper()
        elif len(codes) == 1 or len(shared) == 1:
            result[token] = (shared or codes)[0]
        elif token == "¥" and decimals:
            result[token] = "CNY"
        else:
            result[token] = USUAL.get(token)
    return result
