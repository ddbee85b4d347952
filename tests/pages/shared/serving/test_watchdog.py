"""The watchdog: what stands still, and above all what does not."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.shared.serving.standstill import watchdog
from pages.shared.serving.standstill.watchdog import BEAT_SECONDS, LOOP, RUN, Look, Stillness
from tests.hangs import moving

ROOT = Path(__file__).parents[4]
LIMIT = 60
BEATS = LIMIT  # twice as many as are needed

AT_REST = Look(answered=True, turns={}, busy=False)
NO_ANSWER = Look(answered=False, turns={}, busy=False)


def waiting(*runs: int, busy: bool = False, answered: bool = True) -> Look:
    """These runs wait, and their threads have not been given a core since."""
    return Look(answered, dict.fromkeys(runs, 7), busy)


def one_moves(beat: int, *others: int) -> Look:
    """A run that moves between two beats, beside others that wait."""
    return Look(True, {1: beat, **dict.fromkeys(others, 7)}, busy=False)


NEVER = {
    "nobody is there": [AT_REST] * BEATS,
    "a run that moves a little": [one_moves(beat) for beat in range(BEATS)],
    "a long query: its run waits, threads of the engine work": [waiting(1, busy=True)] * BEATS,
    "many runs wait for one that works": [waiting(1, 2, 3, busy=True)] * BEATS,
    "a run waits again and again, and moves in between": [
        one_moves(beat // 20) if beat % 20 else one_moves(-beat) for beat in range(BEATS)
    ],
    "each run waits for less than the limit": [waiting(beat // 25) for beat in range(BEATS)],
    "the loop is late, and answers": [AT_REST if beat % 20 == 0 else NO_ANSWER for beat in range(BEATS)],
    "a run waits for less than the limit while nothing works, and longer while something does": [
        waiting(1, busy=beat % 3 > 0) for beat in range(BEATS)
    ],
    "the loop is late at the start": [NO_ANSWER] * 20 + [AT_REST] * 40,
    "runs that end": [waiting(*range(beat % 25, 25)) if beat % 25 else AT_REST for beat in range(BEATS)],
}
SOON = {
    "the loop": ([NO_ANSWER] * BEATS, LOOP),
    "the loop, while queries work": ([waiting(1, busy=True, answered=False)] * BEATS, LOOP),
    "two runs that wait for each other": ([waiting(1, 2)] * BEATS, RUN),
    "a run that waits for good beside one that moves": ([one_moves(beat, 2) for beat in range(BEATS)], RUN),
}


def judged(looks: list[Look], passed: float = BEAT_SECONDS) -> tuple[str, int] | None:
    """What stands still, and after how many looks that was said."""
    stillness = Stillness(LIMIT)
    return next(((what, at) for at, look in enumerate(looks, 1) if (what := stillness.judge(look, passed))), None)


@pytest.mark.parametrize("case", NEVER)
def test_what_moves_is_not_ended(case: str) -> None:
    assert judged(NEVER[case]) is None


@pytest.mark.parametrize("case", SOON)
def test_what_stands_still_is_ended_at_the_limit(case: str) -> None:
    looks, expected = SOON[case]
    found = judged(looks)
    assert found is not None
    what, at = found
    assert what == expected
    assert LIMIT <= at * BEAT_SECONDS <= LIMIT + BEAT_SECONDS


@pytest.mark.parametrize("slept_seconds", [60, 3_600, 86_400 * 30, -3_600])
def test_a_machine_that_slept_or_a_clock_that_was_set_ends_nothing(slept_seconds: float) -> None:
    stillness = Stillness(LIMIT)
    for _ in range(5):
        assert stillness.judge(waiting(1, answered=False), BEAT_SECONDS) is None
    assert stillness.judge(waiting(1, answered=False), slept_seconds) is None
    assert stillness.judge(AT_REST, BEAT_SECONDS) is None


@pytest.fixture(scope="module")
def let_be() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """A process for each case, all at once: each takes some seconds of waiting."""
    running = {
        case: subprocess.Popen(
            [sys.executable, "-m", "tests.hangs.moving", case],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for case in moving.RUN
    }
    yield running
    for process in running.values():
        process.kill()
        process.communicate()


@pytest.mark.skipif(not watchdog.STEADY, reason="the timer goes by a clock that is set, so there is no watchdog here")
@pytest.mark.parametrize("case", moving.RUN)
def test_a_process_that_moves_is_let_be(let_be: dict[str, subprocess.Popen[str]], case: str) -> None:
    output, _none = let_be[case].communicate(timeout=120)
    assert (let_be[case].returncode, output) == (0, "")


def test_the_timer_runs_before_the_first_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps Python's lock from then on keeps the first look from coming."""
    set_to: list[float] = []
    monkeypatch.setattr(watchdog, "_watch", lambda *_given: None)
    monkeypatch.setattr(watchdog.faulthandler, "dump_traceback_later", lambda seconds, **_how: set_to.append(seconds))
    monkeypatch.setattr(watchdog.faulthandler, "cancel_dump_traceback_later", lambda: set_to.append(0))
    with asyncio.Runner() as runner, watchdog.watching(60, runner.get_loop()):
        assert set_to == [60]
    assert set_to == [60, 0]
