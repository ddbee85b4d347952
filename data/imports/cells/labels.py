"""Worded answers: which of the usual label lists a column uses. A word alone does not tell: its score depends on its neighbours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from data.imports.cells.blank import WORDS


@dataclass(frozen=True)
class Labels:
    """A list of labels: word (folded) → score; `steps` counts the different scores that have words."""

    scale: str
    words: Mapping[str, float]

    @property
    def steps(self) -> int:
        return len(set(self.words.values()))


@cache
def label_lists() -> tuple[Labels, ...]:
    """The lists of words.toml."""
    found = []
    for table in WORDS["labels"]:
        low, high = (int(end) for end in table["scale"].split("-"))
        scores = range(low, high + 1) if "steps" in table else (low, high)
        steps = zip(scores, table.get("steps") or table["ends"], strict=True)
        found.append(
            Labels(table["scale"], {word.casefold(): float(score) for score, words in steps for word in words})
        )
    return tuple(found)


def fitting(words: Collection[str], scale: str | None) -> list[Labels]:
    """The lists that hold all of the words: of those whose points are used most fully, one for each different reading."""
    wanted = set(words)
    fits = [one for one in label_lists() if wanted <= one.words.keys() and scale in (None, one.scale)]
    shares = [len({one.words[word] for word in wanted}) / one.steps for one in fits]
    best = [one for one, share in zip(fits, shares, strict=True) if len(wanted) == 1 or share == max(shares)]
    return list({(one.scale, *(one.words[word] for word in sorted(wanted))): one for one in best}.values())


def nearest(words: Collection[str], scale: str | None) -> Labels | None:
    """The list that holds most of the words, to propose a score for each."""
    lists = [one for one in label_lists() if scale in (None, one.scale)]
    best = max(lists, key=lambda one: len(set(words) & one.words.keys()), default=None)
    return best if best and set(words) & best.words.keys() else None
