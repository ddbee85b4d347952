"""Every metric of the catalogue with its options, as questions: what a law about all of them runs through."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from data.errors import RapportError
from data.questions.ask import Question, ask, columns_to_split_by, find, whole
from data.store.snapshot import Snapshot
from metrics.catalogue import CATALOGUE

SPLITS = ("region", "tier", "acquisition_channel")
RULE = "silver=100, gold=400"


@dataclass(frozen=True)
class Asked:
    """A question to a metric. `label` tells it from all others."""

    metric: str
    question: Question
    arguments: tuple[tuple[str, object], ...] = ()

    @property
    def label(self) -> str:
        who = [self.question.start, self.question.end, self.question.as_of, *self.question.by]
        return " ".join(map(str, [self.metric, *who, *(f"{name}={value}" for name, value in self.arguments)]))

    def answer(self, snap: Snapshot) -> pl.DataFrame:
        """The frame; a question that the data do not allow gives the sentence that says so."""
        try:
            return ask(snap, self.metric, self.question, **dict(self.arguments))
        except (RapportError, ValueError) as error:
            return pl.DataFrame({"refused": [str(error)]})


def every(snap: Snapshot, metrics: Iterable[str] = CATALOGUE) -> Iterator[Asked]:
    """Each metric as it is asked by default, over all dates and over some that cut months; with each other value of each option; and split
    by each attribute. Nothing for a store without data."""
    everything = whole(snap)
    if everything is None:
        return
    third = (everything.end - everything.start) / 3
    some = replace(everything, start=everything.start + third, end=everything.end - third, as_of=everything.end - third)
    for name in metrics:
        yield Asked(name, everything)
        yield Asked(name, some)
        for option, values in _values(name).items():
            yield from (Asked(name, everything, ((option, value),)) for value in values)
        for column in columns_to_split_by(find(name)):
            if column in SPLITS:
                yield Asked(name, replace(everything, by=(column,)))


def _values(name: str) -> dict[str, list[object]]:
    """The values of each option other than its default: those allowed, and for some that take any, one that alters much."""
    others: dict[str, list[object]] = {
        option: [value for value in argument.allowed if value != argument.default]
        for option, argument in find(name).options.items()
    }
    given: dict[str, list[object]] = {"rule": [RULE], "lapse_days": [90], "margin": [0.4], "minimum": [2]}
    return others | {option: values for option, values in given.items() if option in others}
