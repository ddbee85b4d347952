"""What a running server holds: memory, descriptors, threads and temporary files, looked at every few seconds (Linux)."""

import re
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 5.0
KINDS = ("MiB", "descriptors", "threads", "temporary files")
# What may come on top from the first quarter of the samples after the warm-up to the last one: flat is what stays below.
# Memory gets a share too: answers are kept for each data version, and each import makes a new one.
MORE = {"MiB": 48, "descriptors": 16, "threads": 8, "temporary files": 4}
MORE_SHARE = {"MiB": 0.1}


@dataclass
class Held:
    """Samples of one process, from the moment that a second thread began to take them."""

    pid: int
    temporary: Path
    samples: list[tuple[float, dict[str, int]]] = field(default_factory=list)
    descriptors: list[Counter[str]] = field(default_factory=list)

    def look(self, ended: threading.Event) -> None:
        begun = time.monotonic()
        while not ended.wait(LOOK_SECONDS):
            try:
                self.samples.append((time.monotonic() - begun, self._sample()))
            except OSError:  # it has ended; that is told elsewhere
                return

    def _sample(self) -> dict[str, int]:
        process = Path(f"/proc/{self.pid}")
        status = (process / "status").read_text()
        kinds = Counter(_kind(name) for name in (process / "fd").iterdir())
        self.descriptors.append(kinds)
        return {
            "MiB": int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) // 1024,
            "descriptors": kinds.total(),
            "threads": int(re.findall(r"Threads:\s+(\d+)", status)[0]),
            "temporary files": sum(1 for _ in self.temporary.rglob("*")),
        }

    def levels(self, kind: str, after_seconds: float) -> tuple[float, float]:
        """The median of the first quarter of the samples after the warm-up, and of the last quarter."""
        values = [sample[kind] for at, sample in self.samples if at >= after_seconds]
        quarter = max(len(values) // 4, 1)
        return statistics.median(values[:quarter]), statistics.median(values[-quarter:])

    def growth(self) -> str:
        """Which descriptors came on top, from the first sample to the last."""
        more = self.descriptors[-1] - self.descriptors[0]
        return ", ".join(f"{count} {kind}" for kind, count in more.most_common(5))


def is_flat(kind: str, before: float, after: float) -> bool:
    return after <= before * (1 + MORE_SHARE.get(kind, 0)) + MORE[kind]


def _kind(descriptor: Path) -> str:
    try:
        target = str(descriptor.readlink())
    except OSError:
        return "gone"
    return re.sub(r"\d+", "N", target)
