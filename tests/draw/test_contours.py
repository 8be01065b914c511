"""Regions of a grid and the lines around them."""

import math
import random

import pytest

from tinygrad_neuron.draw.contours import lines, regions


def area(loop):
    pairs = zip(loop, [*loop[1:], loop[0]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def grid_of(function, count=41):
    return [[function(x, y) for x in range(count)] for y in range(count)]


def test_a_disc_has_its_area_and_its_line_is_closed():
    grid = grid_of(lambda x, y: 15.0 - math.hypot(x - 20, y - 20))
    [loop] = regions(grid, 0.0)
    assert math.isclose(area(loop), math.pi * 15**2, rel_tol=0.01)
    [line] = lines(grid, 0.0)
    assert line[0] == line[-1]
    assert all(abs(math.hypot(x - 20, y - 20) - 15) < 0.05 for x, y in line)


def test_a_hole_runs_the_other_way_round():
    grid = grid_of(lambda x, y: 5.0 - abs(math.hypot(x - 20, y - 20) - 12))
    outer, hole = sorted(regions(grid, 0.0), key=area, reverse=True)
    assert area(outer) > 0 > area(hole)
    assert math.isclose(area(outer) + area(hole), math.pi * (17**2 - 7**2), rel_tol=0.02)


def test_a_line_from_edge_to_edge_is_in_one_piece():
    [line] = lines(grid_of(lambda x, y: x - 10.25 + 0.0 * y), 0.0)
    assert {x for x, _ in line} == {10.25}
    assert sorted(y for _, y in line)[:: len(line) - 1] == [0, 40]


def test_everything_and_nothing():
    assert regions(grid_of(lambda x, y: 1.0), 2.0) == []
    [whole] = regions(grid_of(lambda x, y: 1.0), 1.0)
    assert sorted(whole) == [(0, 0), (0, 40), (40, 0), (40, 40)]
    assert lines(grid_of(lambda x, y: 1.0), 1.0) == []


@pytest.mark.parametrize("seed", range(20))
def test_regions_grow_as_the_level_sinks_on_any_grid(seed):
    chance = random.Random(seed)
    grid = [[chance.choice([-1.0, 0.0, 0.3, 1.0]) for _ in range(9)] for _ in range(9)]
    sizes = [sum(map(area, regions(grid, level))) for level in (-1.0, -0.4, 0.0, 0.3, 0.7, 1.0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 64.0 and sizes[-1] >= 0.0
    for level in (0.0, 0.3):
        assert all(0 <= c <= 8 for line in lines(grid, level) for point in line for c in point)
