"""A fork while other threads hold locks leaves none of them held in the child."""

import os
import signal
import threading

import pytest

from tinygrad_neuron import Value, compile, define_operation, eager
from tinygrad_neuron.locks import Lock


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a fork beside threads
def test_a_child_defines_and_compiles_though_another_thread_held_the_locks() -> None:
    compiled = compile(lambda x: x * x)
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with eager._one_at_a_time, compiled._variants._lock:
            held.set()
            over.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # ends it where it waits for ever
        right = False
        try:
            define_operation("test_locks_twice", "a + a", ["2"])
            right = compiled(Value(3.0)).data == 9.0
        finally:
            os._exit(0 if right else 1)
    _, status = os.waitpid(child, 0)
    over.set()
    thread.join()
    assert status == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_the_thread_that_forks_holds_is_its_own_in_the_child() -> None:
    lock = Lock()
    child, right = -1, False
    try:
        with lock:
            child = os.fork()
            if child == 0:
                signal.alarm(20)
        with lock:
            right = True
    finally:
        if child == 0:  # whatever happened: it is not to go on with the tests
            os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0
