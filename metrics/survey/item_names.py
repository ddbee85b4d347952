"""What the name of an item says of its part: half of a Kano pair, how important something is, or a rating of its own."""

import re
from collections.abc import Iterable
from typing import Literal

Part = Literal["functional", "dysfunctional", "importance", "rating"]

# How survey tools and people end, or begin, the names of such items; matched whatever the case.
_MARKS: dict[Part, tuple[str, ...]] = {
    "dysfunctional": (
        "dysfunctional",
        "negative",
        "absent",
        "without",
        "反向",
        "负向",
        "不具备",
        "没有",
        "不提供",
        "无",
    ),
    "functional": ("functional", "positive", "present", "with", "正向", "具备", "提供", "有"),
    "importance": ("importance", "重要性", "重要程度"),
}
_APART = r"[\s_\-–—:：.·/|(（\[【]+"


def _pattern(marks: Iterable[str], *, ends: bool) -> re.Pattern[str]:
    words = "|".join(map(re.escape, marks))
    if ends:
        return re.compile(rf"^(?P<name>.+?){_APART}(?:{words})[)）\]】]?$", re.IGNORECASE)
    return re.compile(rf"^(?:{words}){_APART}(?P<name>.+?)[)）\]】]?$", re.IGNORECASE)


_PATTERNS = [(part, _pattern(marks, ends=ends)) for part, marks in _MARKS.items() for ends in (True, False)]


def part_of(item: str) -> tuple[str, Part]:
    """The feature or item that a name is about, and what it says of it: “F6_functional” → (“F6”, “functional”)."""
    for part, pattern in _PATTERNS:
        if found := pattern.match(item.strip()):
            return found["name"].strip(), part
    return item, "rating"


def kano_pairs(items: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Feature → the names of its functional and its dysfunctional question; features of which only one was asked are left out."""
    halves: dict[str, dict[str, str]] = {}
    for item in items:
        feature, part = part_of(item)
        if part in ("functional", "dysfunctional"):
            halves.setdefault(feature, {})[part] = item
    return {name: (both["functional"], both["dysfunctional"]) for name, both in halves.items() if len(both) == 2}


def ratings(items: Iterable[str]) -> list[str]:
    """The items that are ratings of their own: neither half of a Kano pair nor a stated importance."""
    names = list(items)
    paired = {half for pair in kano_pairs(names).values() for half in pair}
    rated = {item for item in names if part_of(item)[1] != "importance"} - paired
    return [item for item in names if item in rated or _importance_of_nothing(item, names)]


def stated_importance(items: Iterable[str]) -> dict[str, str]:
    """Item → the one in which people say how important it is; only of items that are there themselves."""
    names = list(items)
    found = {part_of(item)[0]: item for item in names if part_of(item)[1] == "importance"}
    return {name: item for name, item in found.items() if name in names}


def _importance_of_nothing(item: str, names: list[str]) -> bool:
    name, part = part_of(item)
    known = {part_of(other)[0] for other in names if part_of(other)[1] != "importance"}
    return part == "importance" and name not in known
