"""What a file comes to, worked out in this process: a thousand files take no start of another. Requests and answers are JSON as ever."""

import json
from pathlib import Path

from data.imports.jobs import JOBS
from data.sandbox import Limits


def run(_module: str, job: str, asked: dict, folder: Path, _limits: Limits, **_more: object) -> dict:
    """In the place of `sandbox.run`."""
    answer: dict = json.loads(json.dumps(JOBS[job](json.loads(json.dumps(asked)), folder, lambda _share: None)))
    return answer
