"""Marks a string for translation where it is written; the pages translate it where it is shown."""


def N_(text: str) -> str:
    return text
