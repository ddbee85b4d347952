"""Text whose cells are set apart by blanks, or stand at fixed places: written anew with tabs, where no delimiter parts it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from data.imports.files.decode import Decoded

SIGNS = re.compile(r"[,;\t|]")
SAMPLE = 200
LEAST_ROWS = 2
Split = Callable[[str], list[str]]


def split_blanks(decoded: Decoded, header_line: int | None) -> Decoded:
    """The file with tabs between its cells, when nothing else parts them and blanks do in every line of a sample; else as it is."""
    with decoded.path.open(encoding="utf-8") as text:
        lines = [line.rstrip("\r\n") for line in islice(text, SAMPLE)]
    sample = [line for line in lines[(header_line or 1) - 1 :] if line.strip()]
    split = _split(sample)
    if split is None:
        return decoded
    target = decoded.path.with_suffix(".tabs")
    with decoded.path.open(encoding="utf-8") as text, target.open("w", encoding="utf-8", newline="") as out:
        out.writelines("\t".join(split(line.rstrip("\r\n"))) + "\n" for line in text)
    return replace(decoded, path=target)


def _split(lines: Sequence[str]) -> Split | None:
    """How lines part: at fixed places that are blank in each, at any blank, or at two and more; None when they do not."""
    if len(lines) <= LEAST_ROWS or sum(bool(SIGNS.search(line)) for line in lines) > len(lines) // 2:
        return None
    places = _places(lines)
    if len(places) > 1:
        return lambda line: [line[start:end].strip() for start, end in places]
    for pattern in (re.compile(r"\s+"), re.compile(r"\s{2,}")):
        widths = {len(pattern.split(line.strip())) for line in lines}
        if len(widths) == 1 and max(widths) > 1:
            return partial(_at, pattern)
    return None


def _at(pattern: re.Pattern[str], line: str) -> list[str]:
    return pattern.split(line.strip()) if line.strip() else []


def _places(lines: Sequence[str]) -> list[tuple[int, int | None]]:
    """From where to where each column reaches: between them are places blank in every line; a column without a header is part of the
    one before it."""
    width = max(map(len, lines))
    blank = [all(place >= len(line) or line[place].isspace() for line in lines) for place in range(width)]
    starts = [place for place in range(width) if not blank[place] and (place == 0 or blank[place - 1])]
    if not starts:
        return []
    headed = [start for start, end in zip(starts, [*starts[1:], width], strict=True) if lines[0][start:end].strip()]
    if not headed or headed[0] != starts[0]:
        return []
    found = list(zip(headed, [*headed[1:], None], strict=True))
    return found if all(any(line[start:end].strip() for line in lines[1:]) for start, end in found) else []
