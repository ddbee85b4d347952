"""What begins first, and what stays together, when the tests are shared out."""

import pytest

from tests.scheduling import BROWSER, LONG, TESTS, Modules, rank


@pytest.mark.parametrize("long", LONG)
def test_what_begins_first_is_there(long: str) -> None:
    assert (TESTS.parent / long).exists()


@pytest.mark.parametrize(
    ("nodeid", "scope"),
    [
        ("tests/test_project.py::test_a", "tests/test_project.py"),
        ("tests/browser/test_links.py::test_a[x::y]", BROWSER),
        ("tests/browser/test_upload.py::test_b", BROWSER),
    ],
)
def test_a_module_is_a_unit_and_so_are_all_browser_tests(nodeid: str, scope: str) -> None:
    assert Modules._split_scope(Modules.__new__(Modules), nodeid) == scope


def test_the_longest_first_and_all_others_last() -> None:
    assert [rank(f"{long}::test_a") for long in LONG] == list(range(len(LONG)))
    assert rank("tests/test_project.py::test_a") == len(LONG)
