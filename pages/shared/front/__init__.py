"""Styles and scripts of the components, and the pictures of the page frame."""

from pathlib import Path

FOLDER = Path(__file__).parent
LOGO, MARK = FOLDER / "logo.svg", FOLDER / "mark.svg"


def read(name: str) -> str:
    """The text of a file of this folder."""
    return (FOLDER / name).read_text("utf-8")
