"""The texts that are marked for translation. `python -m tests.pages.extraction` prints those that Chinese lacks."""

import ast
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from babel.messages.extract import extract_from_dir

from data.imports.profile import profiles
from pages.shared.words import texts

ROOT = Path(__file__).parents[2]
FOLDERS = ("pages", "metrics", "data")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
Found = tuple[int, str, tuple[str, ...], list[str]]


def from_syntax(file: BinaryIO, keywords: Collection[str], tags: Collection[str], options: dict) -> Iterator[Found]:
    """A method for Babel that reads the syntax tree: its own one does not see texts inside f-strings before Python 3.12."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            said = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if said and said[0]:
                yield node.lineno, node.func.id, tuple(said) if node.func.id == "ngettext" else (said[0],), []


def messages() -> dict[str, tuple[str | tuple[str, ...], set[str]]]:
    """Key of the catalogue → the text, or its two forms, and the files that hold it."""
    found: dict[str, tuple[str | tuple[str, ...], set[str]]] = {}
    for folder in FOLDERS:
        rows = extract_from_dir(str(ROOT / folder), method_map=[("**.py", from_syntax)], keywords=KEYWORDS)
        for file, _line, text, _comments, _context in rows:
            key = text if isinstance(text, str) else text[0]
            known, files = found.get(key, (text, set()))
            found[key] = (text if isinstance(text, tuple) else known, files | {f"{folder}/{file}"})
    for text, file in from_profiles():
        found[text] = (text, found.get(text, (text, set()))[1] | {file})
    return found


def from_profiles() -> Iterator[tuple[str, str]]:
    """What people read of the export profiles: titles, field labels and their help, reasons for leaving rows out."""
    for name, profile in profiles().items():
        said = [profile.title]
        for output in profile.outputs:
            said += [text for column in output.columns for text in (column.label, column.help)]
            said += [rule.reason for rule in output.leave_out]
        yield from ((text, f"data/profiles/{name}.toml") for text in said if text)


def missing(code: str) -> dict[str, set[str]]:
    """The texts that a language lacks, with the files that hold them."""
    known = texts.catalogue(code)
    assert known is not None
    return {key: files for key, (_, files) in messages().items() if not ((entry := known.get(key)) and entry.string)}


if __name__ == "__main__":
    for key, files in missing("zh").items():
        sys.stdout.write(f"{', '.join(sorted(files))}: {key}\n")
