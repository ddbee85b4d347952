"""What the process that may come to an end is asked to do: plain requests in, plain answers and files of rows out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.errors import Refused
from data.imports import handover, pipeline
from data.imports.files.unpack import Given
from data.imports.outcome import leftover
from data.imports.outcome.result import reader
from data.imports.profile import profiles
from metrics.texts import N_


def _read(request: dict[str, Any], folder: Path, progress: Callable[[float], None]) -> dict[str, Any]:
    reading = pipeline.read(_order(request, folder), folder, progress)
    for table in reading.receipt.tables:
        handover.write(reader(reading.connection, table.kind), table.kind, folder)
    handover.write(leftover.reader(reading.connection), handover.LEFT_OUT, folder)
    reading.connection.close()
    progress(0.95)
    return {
        "receipt": reading.receipt.to_json(),
        "first": handover.plain(reading.first),
        "sha256": reading.sha256,
        "mapping": reading.mapping,
        "remember": reading.remember,
    }


def _order(request: dict[str, Any], folder: Path) -> pipeline.Order:
    files = [Given(name, folder / place) for name, place in request.pop("files")]
    return pipeline.Order(files=files, **request)


def _refusing(job: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The job, with a refusal as its answer."""

    def answer(request: dict[str, Any], folder: Path, progress: Callable[[float], None]) -> dict[str, Any]:
        names = {str(folder / place): name for name, place in request["files"]}
        try:
            return job(request, folder, progress)
        except Refused as refused:
            return {"refused": handover.plain(refused)}
        except OSError as error:  # of a file that was handed in; any other is a matter of this process
            if error.filename is None or str(error.filename) not in names:
                raise
            sentence = N_("{file} cannot be read. Check that it is still there, and that you may read it.")
            return {"refused": handover.plain(Refused(sentence, file=names[str(error.filename)]))}

    return answer


JOBS = {"read": _refusing(_read)}
profiles()  # read while nobody waits, and while files of ours may be opened
