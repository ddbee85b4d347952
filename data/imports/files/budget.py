"""What all files of one upload may unpack to, together: one count of bytes, files and depth, however they are packed."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.errors import Refused
from metrics.texts import N_

RATIO = 200  # real exports shrink to a fifth, at most to a hundredth
RATIO_FROM_BYTES = 64 << 20  # below this size a ratio says nothing
FILES = 400  # a year of days
ENTRIES = 10_000  # of one archive, tables or not
DEPTH = 3


@dataclass
class Budget:
    """`limit_bytes` for what is unpacked of `handed_in` bytes; spent by every archive, workbook and Parquet file on the way."""

    limit_bytes: int
    handed_in: int
    spent: int = 0
    files: int = 0

    @property
    def left(self) -> int:
        by_ratio = max(RATIO_FROM_BYTES, RATIO * self.handed_in)
        return min(self.limit_bytes, by_ratio) - self.spent

    def spend(self, count: int, name: str) -> None:
        """Raise Refused when it is more than is left."""
        self.spent += count
        if self.left < 0:
            raise self.too_big(name)

    def add_file(self, name: str) -> None:
        self.files += 1
        if self.files > FILES:
            sentence = N_("{file} is one of more than {most} files, with those inside of archives. Load them in parts.")
            raise Refused(sentence, file=name, most=FILES)

    def too_big(self, name: str) -> Refused:
        return Refused(
            N_(
                "{file} unpacks to more than is allowed ({limit} MiB, or {ratio} times its size). "
                "Split it, or raise RAPPORT_UPLOAD_LIMIT_MIB."
            ),
            file=name,
            limit=self.limit_bytes >> 20,
            ratio=RATIO,
        )

    @contextmanager
    def writing(self, target: Path, name: str) -> Iterator[None]:
        """For a library that writes a file as large as it likes: the system stops it at what is left."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        most = self.left + 1 if soft == resource.RLIM_INFINITY else min(soft, self.left + 1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            yield
        except Exception as error:
            if target.exists() and target.stat().st_size >= most:
                raise self.too_big(name) from error
            raise
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        self.spend(target.stat().st_size, name)
