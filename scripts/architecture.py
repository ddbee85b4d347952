"""`python -m scripts.architecture [--check]`: draw the folders of the product and what they import into docs/architecture.md.

An arrow that others make up together is left out (a → c beside a → b → c). --check writes nothing and exits 1 where the picture is old.
"""

import argparse
import sys
from pathlib import Path

import grimp

DOCUMENT = Path(__file__).parents[1] / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by python -m scripts.architecture -->\n", "<!-- end of the picture -->\n"
FLOORS = ("pages", "data", "metrics")
ABOVE, BELOW = "commands and lists", "errors, settings, texts"  # the files that lie beside the folders of a floor

Arrows = dict[str, set[str]]


def arrows() -> Arrows:
    """Folder → the folders that its modules import. What lies deeper than two folders belongs to the second, in pages/shared to the third;
    the files beside the folders of a floor are two places: those that import one of its folders, and the others."""
    graph = grimp.build_graph(*FLOORS)
    folders = {module for module in graph.modules if graph.find_children(module)}
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    def place(module: str) -> str:
        floor, *rest = module.split(".")
        depth = 2 if rest[:1] == ["shared"] else 1
        within = rest if module in folders else rest[:-1]
        if within:
            return ".".join([floor, *within[:depth]])
        above = any(end.startswith(f"{floor}.") and end.count(".") > 1 for end in imports[module])
        return f"{floor}.{ABOVE if above else BELOW}"

    found: Arrows = {place(module): set() for module in graph.modules}
    for module, ends in imports.items():
        found[place(module)] |= {place(end) for end in ends} - {place(module)}
    return {start: ends for start, ends in found.items() if ends or any(start in others for others in found.values())}


def reduced(found: Arrows) -> Arrows:
    """Without the arrows that a way over other folders replaces."""
    kept = {start: set(ends) for start, ends in found.items()}

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(kept[start])
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += kept[here]
        return seen

    for start in sorted(kept):
        for end in sorted(found[start]):
            kept[start].discard(end)
            if end not in reached(start):
                kept[start].add(end)
    return kept


def picture(found: Arrows) -> str:
    """The floors, from the top to the bottom, as Mermaid."""
    keys = {place: f"p{number}" for number, place in enumerate(sorted(found))}
    lines = ["```mermaid", "flowchart TD"]
    for floor in FLOORS:
        lines.append(f"  subgraph {floor}")
        lines += [
            f'    {key}["{place[len(floor) + 1 :]}"]' for place, key in keys.items() if place.startswith(f"{floor}.")
        ]
        lines.append("  end")
    lines += [f"  {keys[start]} --> {keys[end]}" for start in sorted(found) for end in sorted(found[start])]
    return "\n".join([*lines, "```", ""])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the picture is as the code is")
    options = parser.parse_args(arguments)
    before, begin, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    old, end, after = rest.partition(END)
    new = picture(reduced(arrows()))
    if options.check:
        if old != new:
            sys.stderr.write(f"The picture in {DOCUMENT.name} is old. Run: python -m scripts.architecture\n")
        return int(old != new)
    DOCUMENT.write_text(before + begin + new + end + after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
