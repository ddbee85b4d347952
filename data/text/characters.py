"""Text from outside that no file and no engine takes: halves of characters, as JSON, file names and command lines can hold them."""

import re

HALF = re.compile("[\ud800-\udfff]")
UNKNOWN = "\ufffd"


def whole(text: str) -> str:
    """The text with a mark in the place of each half of a character. Bytes that are no UTF-8 come as such halves, too."""
    return HALF.sub(UNKNOWN, text)
