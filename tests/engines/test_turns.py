"""Turns: who is next."""

import threading
import time

from kg.engines.turns import Turns
from kg.engines.waits import InThread, run


def has_turn(turns, weight, seconds):
    return run(InThread().turn(turns, weight, seconds))


def waits(turns, weight, order):
    thread = threading.Thread(target=lambda: order.append(weight * has_turn(turns, weight, 10)))
    before = turns.waiting()
    thread.start()
    deadline = time.monotonic() + 10
    while turns.waiting() == before:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return thread


def test_places_are_counted():
    turns = Turns(2)
    assert turns.take()
    assert turns.take()
    assert not turns.take()
    turns.release()
    assert turns.take()


def test_the_lightest_is_next_then_the_first():
    turns = Turns(1)
    assert turns.take()
    order = []
    threads = [waits(turns, weight, order) for weight in (5, 1, 3)]
    for number in range(3):
        turns.release()
        while len(order) == number:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [1, 3, 5]
    assert not turns.take()


def test_one_that_gave_up_is_passed_over():
    turns = Turns(1)
    assert turns.take()
    assert not has_turn(turns, 0, 0.01)
    turns.release()
    assert turns.take()
