"""Which tier is above which, from their names: by numbers, by the usual words, or not to be told."""

import re
import unicodedata
from collections.abc import Sequence

# Names that tiers usually bear, from lowest to highest; names of one rank do not occur together
USUAL = (
    ("none", "guest", "普通", "普通会员"),
    ("basic", "member", "standard", "classic", "entry", "starter", "会员", "注册会员", "basis", "básico", "básica"),
    ("bronze", "青铜", "铜", "铜卡", "铜牌", "bronce"),
    ("silver", "白银", "银", "银卡", "银牌", "silber", "argent", "plata", "prata"),
    ("gold", "黄金", "金", "金卡", "金牌", "oro", "ouro"),
    ("platinum", "铂金", "白金", "白金卡", "铂金卡", "platin", "platine", "platino"),
    ("diamond", "钻石", "钻石卡", "diamant", "diamante"),
    ("black", "黑金", "黑卡", "黑金卡", "黑钻"),
)
RANK = {name: rank for rank, names in enumerate(USUAL) for name in names}
ENTRY = 1  # the highest rank of names for those who have reached no tier yet
NOISE = re.compile(r"\b(?:tier|member(?:s|ship)?|card|customer|status|club)\b|(?:会员|會員|等级|等級|级别|客户)$")
CHINESE = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)}
ROMAN = {
    name: number for number, name in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), start=1)
}


def fold_tier(name: str) -> str:
    """A tier's name for comparing: width and case folded, no blanks, hyphens and underscores."""
    return re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", name).casefold())


def tier_order(tiers: Sequence[str]) -> list[str] | None:
    """The tiers from lowest to highest, or None when their names do not tell: no number, no usual word, or two of one rank."""
    parts = {tier: _parts(tier) for tier in tiers}
    if len(parts) < 2:
        return list(parts)
    if all(stem in RANK for stem, _ in parts.values()):
        places = {tier: (RANK[stem], number if number is not None else 0.0) for tier, (stem, number) in parts.items()}
    else:
        entry = {
            tier for tier, (stem, number) in parts.items() if number is None and RANK.get(stem, ENTRY + 1) <= ENTRY
        }
        stems = {stem for tier, (stem, _) in parts.items() if tier not in entry}
        if len(stems) != 1 or any(number is None for tier, (_, number) in parts.items() if tier not in entry):
            return None
        places = {
            tier: (RANK[stem], 0.0) if tier in entry else (ENTRY + 1, number or 0.0)
            for tier, (stem, number) in parts.items()
        }
    if len(set(places.values())) < len(places):
        return None
    return sorted(parts, key=lambda tier: places[tier])


def _parts(tier: str) -> tuple[str, float | None]:
    """The words of a name and its number, if it has exactly one."""
    text = " ".join(unicodedata.normalize("NFKC", tier).casefold().replace("_", " ").replace("-", " ").split())
    if text in RANK:
        return text, None
    numbers = re.findall(r"\d+(?:\.\d+)?", text)
    number = float(numbers[0]) if len(numbers) == 1 else None
    stem = re.sub(r"\d+(?:\.\d+)?", "", text) if len(numbers) == 1 else text
    if not numbers:
        if found := re.search(r"([一二三四五六七八九十])(?=[级級星等阶])", text):
            number, stem = float(CHINESE[found[1]]), text.replace(found[1], "", 1)
        elif (last := text.rpartition(" "))[0] and last[2] in ROMAN:
            number, stem = float(ROMAN[last[2]]), last[0]
    stem = stem.strip(" .:")
    bare = NOISE.sub("", stem).strip(" .:")
    return (stem if stem in RANK or not bare else bare), number
