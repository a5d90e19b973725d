"""The layout: whatever the graph, boxes lie apart, lines begin and end at their boxes and cross none."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dougong_renderers.diagrams.layered import Edge, Layout, Spot, layout

Sizes = dict[str, tuple[float, float]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Sizes, list[Edge]]:
    count = draw(st.integers(1, 14))
    side = st.floats(20, 240)
    sizes = {f"box{number}": (draw(side), draw(side)) for number in range(count)}
    names = st.sampled_from(sorted(sizes))
    edges = []
    for source, target, share in draw(st.lists(st.tuples(names, names, st.floats(0.1, 0.9)), max_size=30)):
        edges.append(Edge(source, target, sizes[source][1] * share, sizes[target][1] * (1 - share)))
    return sizes, edges


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_boxes_lie_apart_and_lines_keep_clear_of_them(graph: tuple[Sizes, list[Edge]]) -> None:
    sizes, edges = graph
    plan = layout(sizes, edges)
    assert set(plan.spots) == set(sizes)
    for one, other in combinations(plan.spots.values(), 2):
        assert not overlap(one, other)
    for name, spot in plan.spots.items():
        assert (spot.width, spot.height) == sizes[name]
        assert spot.x >= 0
        assert spot.y >= 0
        assert spot.x + spot.width <= plan.width + 0.01
        assert spot.y + spot.height <= plan.height + 0.01
    for edge, route in zip(edges, plan.routes, strict=True):
        check_route(plan, edge, route)


def check_route(plan: Layout, edge: Edge, route: object) -> None:
    assert isinstance(route, list)
    if edge.source == edge.target:
        assert route == []
        return
    source, target = plan.spots[edge.source], plan.spots[edge.target]
    assert edge.out is not None
    assert edge.into is not None
    ahead = route[0][0] < route[-1][0]
    assert route[0] == (source.x + (source.width if ahead else 0), source.y + edge.out)
    assert route[-1] == (target.x + (0 if ahead else target.width), target.y + edge.into)
    for (x1, y1), (x2, y2) in pairwise(route):
        if y1 != y2:
            between = sorted((x1, x2))
            assert not any(
                spot.x < between[1] - 0.01 and between[0] + 0.01 < spot.x + spot.width
                for spot in plan.spots.values()
            )
        else:
            assert not any(inside(spot, min(x1, x2), max(x1, x2), y1) for spot in plan.spots.values())


def overlap(one: Spot, other: Spot) -> bool:
    return (
        one.x < other.x + other.width - 0.01
        and other.x < one.x + one.width - 0.01
        and one.y < other.y + other.height - 0.01
        and other.y < one.y + one.height - 0.01
    )


def inside(spot: Spot, left: float, right: float, y: float) -> bool:
    """Whether a level line runs through the inner part of a box."""
    return (
        spot.y + 0.01 < y < spot.y + spot.height - 0.01
        and spot.x < right - 0.01
        and left + 0.01 < spot.x + spot.width
    )


def test_the_same_graph_gives_the_same_layout() -> None:
    sizes = dict.fromkeys("abcdef", (100.0, 40.0))
    edges = [Edge(*pair) for pair in ("ab", "ac", "bd", "cd", "da", "ef", "fe", "aa")]
    assert layout(sizes, edges) == layout(sizes, edges)


def test_a_line_that_would_close_a_circle_runs_back() -> None:
    plan = layout({"a": (50.0, 20.0), "b": (50.0, 20.0)}, [Edge("a", "b"), Edge("b", "a")])
    assert plan.spots["a"].x < plan.spots["b"].x
    there, back = plan.routes
    assert there[0][0] < there[-1][0]
    assert back[0][0] > back[-1][0]


def test_nothing_at_all() -> None:
    assert layout({}, []).spots == {}
