"""Blocks of `scope` that tasks leave in any order."""

import asyncio

from tinygrad_neuron import Value, scope


def test_tasks_that_leave_their_blocks_in_any_order_leave_none_behind():
    async def task(name, turns):
        with scope(name):
            for _ in range(turns):
                await asyncio.sleep(0)

    async def all_of(*turns):
        await asyncio.gather(*(task(str(n), n) for n in turns))

    x = Value(1.0)
    for turns in ((1, 2, 3), (3, 2, 1), (2, 3, 1)):
        asyncio.run(all_of(*turns))
        assert (x * x).scope is None
    with scope("around"):
        asyncio.run(all_of(1, 2))
        assert str((x * x).scope) == "around"
    assert (x * x).scope is None
