"""Every format and every resource: a bomb is refused in a sentence, in bounded room, and the process that asked goes on."""

import os
import tempfile
import threading
from pathlib import Path

import pytest

from data.errors import Refused
from data.imports import NamedBytes, stage
from data.sandbox import parent
from pages.shared.words.texts import catalogue
from tests.hostile.bombs import BOMBS, MIB
from tests.hostile.inputs import SOUND

LIMIT_MIB = 8
DISK_MIB = 4 * LIMIT_MIB
RESIDENT_MORE_MIB = 64  # that a bomb may cost the process that asks, beside the file itself


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("RAPPORT_UPLOAD_LIMIT_MIB", str(LIMIT_MIB))
    monkeypatch.setenv("RAPPORT_IMPORT_MEMORY_MIB", "512")
    monkeypatch.setenv("RAPPORT_IMPORT_SECONDS", "60")
    return folder


def resident_mib() -> float:
    return parent._resident_bytes(os.getpid()) / MIB


def children() -> set[int]:
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


class Room:
    """The most room that a folder took while a block ran."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.most = folder, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            _count, size = parent._written(self.folder)
            self.most = max(self.most, size)

    def __enter__(self) -> "Room":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_bounded_room_and_leaves_nothing(name: str, scratch: Path) -> None:
    bomb = BOMBS[name]
    files = bomb.files()
    handed_in = sum(len(file.data) for file in files)
    processes, before = children(), resident_mib()
    with Room(scratch) as room, pytest.raises(Refused) as caught:
        stage(files, store=None, profile="orders").close()
    said = str(caught.value)
    assert any(text in said for text in bomb.says), said
    assert "\n" not in said
    assert catalogue("zh").get(caught.value.template).string
    assert room.most <= (DISK_MIB + 2 * LIMIT_MIB) * MIB + handed_in
    assert resident_mib() - before < RESIDENT_MORE_MIB
    assert list(scratch.iterdir()) == []
    assert children() - processes == set()


def test_the_table_is_long_enough() -> None:
    assert len(BOMBS) >= 30


def test_a_sound_file_is_read_after_a_bomb() -> None:
    with pytest.raises(Refused):
        stage(BOMBS["XLSX × a far cell in another hand"].files(), store=None, profile="orders").close()
    with stage([NamedBytes("a.csv", SOUND)], store=None, profile="orders") as staged:
        assert staged.receipt.orders == 2


def test_one_bomb_among_sound_files_refuses_them_all() -> None:
    files = [NamedBytes("a.csv", SOUND), *BOMBS["gzip × size"].files()]
    with pytest.raises(Refused, match="unpacks to more"):
        stage(files, store=None, profile="orders").close()


def test_bombs_in_several_uploads_at_once_are_each_refused() -> None:
    refused: list[str] = []

    def hand_in(name: str) -> None:
        try:
            stage(BOMBS[name].files(), store=None, profile="orders").close()
        except Refused as error:
            refused.append(str(error))

    names = ["ZIP × size", "XLSX × a far cell in another hand", "gzip × size", "Parquet × size"]
    threads = [threading.Thread(target=hand_in, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(names)
