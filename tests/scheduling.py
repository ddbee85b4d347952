"""How the tests are shared out among processes (`make test`): a module is one unit, what takes long begins first.

The tests in a browser are one unit: they share a server, its data and one Chromium.
"""

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
BROWSER = "tests/browser/"
# Begun last, one of these would keep a process busy while the others have nothing left to do. The longest first.
LONG = (
    BROWSER,
    "tests/data/store/test_exact.py",
    "tests/pages/shared/serving/test_standstill.py",
    "tests/hostile/test_damaged.py",
    "tests/hostile/test_requests.py",
    "tests/hostile/test_lines.py",
    "tests/data/imports/test_dialects.py",
    "tests/data/questions/test_recomputed.py",
    "tests/data/questions/test_sales.py",
    "tests/data/people/test_mentions.py",
    "tests/data/file/test_backup.py",
    "tests/pages/manage/links/test_public.py",
    "tests/pages/shared/session/test_view.py",
)


class Modules(LoadScopeScheduling):
    """As pytest-xdist's own, but the tests in a browser stay together and the order is that of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else str(super()._split_scope(nodeid))

    def schedule(self) -> None:
        self.config.option.loadscopereorder = (
            False  # by the number of tests, which says little about how long they take
        )
        super().schedule()


def workers() -> int:
    """One more than there are cores: a test that waits for a server, a browser or a clock leaves its core to another."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1  # macOS has none
    return cores + 1


def rank(nodeid: str) -> int:
    return next((place for place, long in enumerate(LONG) if nodeid.startswith(long)), len(LONG))


def in_order(items: list[pytest.Item]) -> None:
    """Put the long ones first; the order of those of one module stays."""
    items.sort(key=lambda item: rank(item.nodeid))
