"""The systemd unit as the tests read it."""

import configparser
import re
from pathlib import Path

UNIT = Path(__file__).parents[2] / "deploy" / "rapport.service"


def unit() -> configparser.SectionProxy:
    """Its section Service; of several lines Environment= each has a number of its own."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    numbered = iter(range(9))
    text = re.sub(
        r"^Environment=", lambda _: f"Environment{next(numbered)}=", UNIT.read_text("utf-8"), flags=re.MULTILINE
    )
    parser.read_string(text)
    return parser["Service"]
