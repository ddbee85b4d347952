"""Whose turn it is: never too many, nobody forgotten, each person after the other."""

import asyncio
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pages.shared.serving.turns import Place, Turnstile

PATIENCE_SECONDS = 20


def has_turn(place: Place) -> bool:
    return place.turn.done() and place.turn.result()


def served(asked: str, *, at_once: int, each: int) -> str:
    """The order in which places are served, each of which leaves when nobody else can begin. A letter is a place of the person."""
    turnstile = Turnstile(at_once, each)
    places = [turnstile.ask(who) for who in asked]
    order, left = [], list(places)
    while left:
        for place in [place for place in left if has_turn(place) and place not in order]:
            order.append(place)
        first = next(place for place in order if place in left)
        left.remove(first)
        first.leave()
    return "".join(str(place.who) for place in order)


@pytest.mark.parametrize(
    ("asked", "at_once", "each", "order"),
    [
        ("", 1, 1, ""),
        ("a", 1, 1, "a"),
        ("aaa", 1, 1, "aaa"),
        ("aaaab", 1, 1, "abaaa"),
        ("aaaabb", 1, 1, "ababaa"),
        ("aaabbbccc", 1, 1, "abcabcabc"),
        ("aaab", 2, 1, "abaa"),
        ("aaab", 2, 2, "aaba"),
        ("aaabc", 3, 1, "abcaa"),
        ("aaaabc", 3, 2, "aabcaa"),
        ("abcd", 2, 1, "abcd"),
        ("aaaa", 4, 1, "aaaa"),
        ("aaaabcd", 2, 1, "abcdaaa"),
    ],
)
def test_persons_come_one_after_the_other(asked: str, at_once: int, each: int, order: str) -> None:
    assert served(asked, at_once=at_once, each=each) == order


def test_fifty_of_one_person_leave_the_next_person_a_turn() -> None:
    turnstile = Turnstile(2, 1)
    heavy = [turnstile.ask("heavy") for _ in range(50)]
    assert [has_turn(place) for place in heavy] == [True] + [False] * 49
    assert has_turn(turnstile.ask("other"))
    assert turnstile.waiting == 49


def test_who_leaves_the_queue_has_no_turn_and_leaving_twice_does_no_harm() -> None:
    turnstile = Turnstile(1, 1)
    first, second, third = (turnstile.ask(who) for who in "abc")
    second.leave()
    second.leave()
    assert (second.turn.result(), has_turn(third), turnstile.waiting, turnstile.running) == (False, False, 1, 1)
    first.leave()
    first.leave()
    assert has_turn(third)
    third.leave()
    assert (turnstile.waiting, turnstile.running) == (0, 0)


def test_a_turn_is_waited_for_on_a_loop_too() -> None:
    turnstile = Turnstile(1, 1)
    first = turnstile.ask("a")

    async def second() -> bool:
        place = turnstile.ask("b")
        asyncio.get_running_loop().call_later(0.01, first.leave)
        return await asyncio.wrap_future(place.turn)

    assert asyncio.run(asyncio.wait_for(second(), PATIENCE_SECONDS))


class Turns(RuleBasedStateMachine):
    """Places are asked for, left while they wait, and given back, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.at_once, self.each = 3, 2
        self.turnstile = Turnstile(self.at_once, self.each)
        self.open: list[Place] = []
        self.gone: list[Place] = []

    @rule(who=st.sampled_from("abcd"))
    def ask(self, who: str) -> None:
        self.open.append(self.turnstile.ask(who))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.open))
        self.open.remove(place)
        self.gone.append(place)
        place.leave()

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(self.open))
        waited = not has_turn(place)
        place.withdraw()
        assert has_turn(place) != waited  # a turn that has come stays
        if waited:
            self.open.remove(place)
            self.gone.append(place)

    @precondition(lambda self: self.gone)
    @rule(data=st.data())
    def leave_again(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.gone)).leave()

    @invariant()
    def never_too_many(self) -> None:
        running = Counter(place.who for place in self.open if has_turn(place))
        assert running.total() <= self.at_once
        assert all(count <= self.each for count in running.values())
        assert (running.total(), len(self.open)) == (
            self.turnstile.running,
            self.turnstile.running + self.turnstile.waiting,
        )

    @invariant()
    def no_turn_is_kept_from_who_may_have_it(self) -> None:
        running = Counter(place.who for place in self.open if has_turn(place))
        could = [place for place in self.open if not has_turn(place) and running[place.who] < self.each]
        assert running.total() == self.at_once or not could

    @invariant()
    def first_come_is_first_served_among_the_places_of_one(self) -> None:
        for who in "abcd":
            mine = [has_turn(place) for place in self.open if place.who == who]
            assert mine == sorted(mine, reverse=True)

    def teardown(self) -> None:
        for place in [*self.open]:
            place.leave()
        assert (self.turnstile.running, self.turnstile.waiting) == (0, 0)
        assert all(place.turn.done() for place in [*self.open, *self.gone])


TestTurns = Turns.TestCase


@given(st.text("abcde", max_size=40), st.integers(1, 4), st.integers(1, 3))
def test_everybody_comes_and_nobody_waits_longer_than_the_others_once_round(
    asked: str, at_once: int, each: int
) -> None:
    order = served(asked, at_once=at_once, each=each)
    assert Counter(order) == Counter(asked)
    persons = len(set(asked))
    for who in set(asked):
        # from the moment it waits alone at the head of its queue, each other person comes once at most, but for those that had begun
        assert order.index(who) < persons + at_once


@pytest.mark.parametrize(("at_once", "each"), [(1, 1), (2, 1), (3, 2)])
def test_threads_never_run_more_at_once_and_all_come_to_an_end(at_once: int, each: int) -> None:
    turnstile, lock = Turnstile(at_once, each), threading.Lock()
    now: Counter[str] = Counter()
    most: Counter[str] = Counter()

    def run(place: int) -> bool:
        who = "abc"[place % 3]
        turn = turnstile.ask(who)
        came = turn.wait()
        with lock:
            now.update([who, "all"])
            most.update({key: max(0, now[key] - most[key]) for key in (who, "all")})
        time.sleep(0.001)
        with lock:
            now.subtract([who, "all"])
        turn.leave()
        return came

    with ThreadPoolExecutor(30) as pool:
        assert all(pool.map(run, range(300)))
    assert most["all"] <= at_once
    assert max(most[who] for who in "abc") <= each
    assert (turnstile.running, turnstile.waiting) == (0, 0)
