"""Cells that a spreadsheet would run as a formula, and what makes them text: the one rule for every table given away."""

STARTS = ("=", "+", "-", "@", "\t", "\r")
TEXT_MARK = "'"


def safe(cell: str) -> str:
    """The cell as text for a spreadsheet: with an apostrophe before it where it would be run."""
    return f"{TEXT_MARK}{cell}" if cell.startswith(STARTS) else cell
