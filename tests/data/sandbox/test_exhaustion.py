"""What an error of any library says of memory and disk."""

import errno

import pytest

from data.sandbox import exhaustion


def _caused() -> Exception:
    outer = ValueError("the workbook is not understood")
    outer.__cause__ = OSError(errno.EFBIG, "File too large")
    return outer


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (MemoryError(), "memory"),
        (RuntimeError("std::bad_alloc"), "memory"),
        (RuntimeError("Out of Memory Error: failed to offload data block"), "memory"),
        (OSError(errno.ENOSPC, "x"), "disk"),
        (OSError(errno.EDQUOT, "x"), "disk"),
        (RuntimeError("No space left on device (os error 28)"), "disk"),
        (RuntimeError("IO Error: Could not write file: File too large"), "disk"),
        (RuntimeError("This limit was set by the 'max_temp_directory_size' setting"), "disk"),
        (_caused(), "disk"),
        (OSError(errno.EMFILE, "Too many open files"), None),
        (ValueError("Invalid CSV"), None),
    ],
)
def test_what_ran_out_is_told_by_whatever_words_the_library_has(error: Exception, what: str | None) -> None:
    assert exhaustion(error) == what
