"""A layered layout of boxes and the lines between them: no two boxes overlap, and no line crosses a box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]

GAP_BETWEEN_LAYERS = 72.0
GAP_IN_LAYER = 22.0
LANE = 10.0
_SWEEPS = 16
_PASSES = 24


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one box to another; `out` and `into` say at which height of each box it is attached (None: the middle)."""

    source: str
    target: str
    out: float | None = None
    into: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a box lies: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The boxes by name, for each edge the points it passes (two of each are one crossing of a gap), and the whole size."""

    spots: Mapping[str, Spot]
    routes: Sequence[Sequence[Point]]
    width: float
    height: float


@dataclass(slots=True, eq=False)
class _Node:
    name: str
    width: float
    height: float
    layer: int = 0
    before: list[tuple[_Node, float, float]] = field(default_factory=list)
    """Neighbours in the layer before, with the height there and the height here at which the line is attached."""
    after: list[tuple[_Node, float, float]] = field(default_factory=list)
    y: float = 0.0
    is_lane: bool = False


def layout(sizes: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Lay boxes out from left to right, so that lines run to the right wherever there is no circle. Deterministic.

    An edge from a box to itself gets no route.
    """
    nodes = {name: _Node(name, width, height) for name, (width, height) in sizes.items()}
    forward = _without_circles(list(nodes), edges)
    _assign_layers(nodes, edges, forward)
    chains = [_chain(nodes, edge, forward[place]) for place, edge in enumerate(edges)]
    layers = _layers(nodes, chains)
    _order(layers)
    _set_heights(layers)
    starts, widths = _columns(layers)
    spots = {
        node.name: Spot(
            starts[node.layer] + (widths[node.layer] - node.width) / 2, node.y, node.width, node.height
        )
        for node in nodes.values()
    }
    routes = [
        _route(edge, chain, forward[place], spots, starts, widths)
        for place, (edge, chain) in enumerate(zip(edges, chains, strict=True))
    ]
    bottom = max((node.y + node.height for layer in layers for node in layer), default=0.0)
    return Layout(spots, routes, starts[-1] + widths[-1] if starts else 0.0, bottom)


def _without_circles(names: Sequence[str], edges: Sequence[Edge]) -> list[bool]:
    """For each edge whether it runs forward; those that would close a circle are turned round."""
    out: dict[str, list[int]] = {name: [] for name in names}
    for place, edge in enumerate(edges):
        if edge.source != edge.target:
            out[edge.source].append(place)
    forward = [True] * len(edges)
    state: dict[str, int] = {}
    into = {edge.target for edge in edges if edge.source != edge.target}
    for name in sorted(names, key=lambda each: each in into):
        if name in state:
            continue
        stack: list[tuple[str, int]] = [(name, 0)]
        state[name] = 1
        while stack:
            current, at = stack.pop()
            if at == len(out[current]):
                state[current] = 2
                continue
            stack.append((current, at + 1))
            place = out[current][at]
            target = edges[place].target
            if state.get(target) == 1:
                forward[place] = False
            elif target not in state:
                state[target] = 1
                stack.append((target, 0))
    return forward


def _assign_layers(nodes: Mapping[str, _Node], edges: Sequence[Edge], forward: Sequence[bool]) -> None:
    """Each box one layer after the last box that points to it, then as near as possible to the first it points to."""
    pairs = [
        (edge.source, edge.target) if ahead else (edge.target, edge.source)
        for edge, ahead in zip(edges, forward, strict=True)
        if edge.source != edge.target
    ]
    for _ in range(len(nodes)):
        changed = False
        for first, second in pairs:
            if nodes[second].layer <= nodes[first].layer:
                nodes[second].layer = nodes[first].layer + 1
                changed = True
        if not changed:
            break
    has_before = {second for _, second in pairs}
    for name, node in nodes.items():
        following = [nodes[second].layer for first, second in pairs if first == name]
        if following and name not in has_before:
            node.layer = max(0, min(following) - 1)


def _chain(nodes: Mapping[str, _Node], edge: Edge, ahead: bool) -> list[_Node]:
    """The boxes of an edge from left to right with a lane through every layer between them; linked to each other."""
    if edge.source == edge.target:
        return []
    first, last = nodes[edge.source], nodes[edge.target]
    out, into = _attached(first, edge.out), _attached(last, edge.into)
    if not ahead:
        first, last, out, into = last, first, into, out
    between = range(first.layer + 1, last.layer)
    chain = [first, *(_Node("", 0.0, LANE, layer, is_lane=True) for layer in between), last]
    for place, (left, right) in enumerate(pairwise(chain)):
        here = out if place == 0 else left.height / 2
        there = into if place == len(chain) - 2 else right.height / 2
        left.after.append((right, there, here))
        right.before.append((left, here, there))
    return chain


def _attached(node: _Node, height: float | None) -> float:
    return node.height / 2 if height is None else height


def _layers(nodes: Mapping[str, _Node], chains: Sequence[Sequence[_Node]]) -> list[list[_Node]]:
    everything = [*nodes.values(), *(node for chain in chains for node in chain if node.is_lane)]
    layers: list[list[_Node]] = [[] for _ in range(max((node.layer for node in everything), default=-1) + 1)]
    for node in everything:
        layers[node.layer].append(node)
    return layers


def _order(layers: list[list[_Node]]) -> None:
    """Order each layer by the places of its neighbours, back and forth, and keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(_SWEEPS):
        if sweep % 2 == 0:
            for neighbours, layer in pairwise(layers):
                _sort_by(layer, neighbours, ahead=True)
        else:
            for layer, neighbours in reversed(list(pairwise(layers))):
                _sort_by(layer, neighbours, ahead=False)
        crossings = _crossings(layers)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    layers[:] = best


def _sort_by(layer: list[_Node], neighbours: Sequence[_Node], *, ahead: bool) -> None:
    ranks = {id(node): place for place, node in enumerate(neighbours)}
    own = {id(node): place for place, node in enumerate(layer)}

    def weight(node: _Node) -> float:
        links = node.before if ahead else node.after
        found = [ranks[id(other)] + at / (other.height + 1) for other, at, _ in links]
        return sum(found) / len(found) if found else float(own[id(node)])

    layer.sort(key=weight)


def _crossings(layers: Sequence[Sequence[_Node]]) -> int:
    total = 0
    for left, right in pairwise(layers):
        places = {id(node): place for place, node in enumerate(right)}
        ends = [
            (place, here, places[id(other)], there)
            for place, node in enumerate(left)
            for other, there, here in node.after
        ]
        for at, (a, out_a, b, in_a) in enumerate(ends):
            for c, out_c, d, in_c in ends[at + 1 :]:
                before, after = (a, out_a) < (c, out_c), (b, in_a) < (d, in_c)
                total += before != after and (a, out_a) != (c, out_c) and (b, in_a) != (d, in_c)
    return total


def _set_heights(layers: Sequence[Sequence[_Node]]) -> None:
    """Stack each layer, then move boxes towards their neighbours as far as the order and the gaps allow."""
    for layer in layers:
        y = 0.0
        for node in layer:
            node.y = y
            y += node.height + GAP_IN_LAYER
    for turn in range(_PASSES):
        for layer in layers if turn % 2 == 0 else reversed(layers):
            _settle(layer)
    top = min((node.y for layer in layers for node in layer), default=0.0)
    for layer in layers:
        for node in layer:
            node.y -= top


def _settle(layer: Sequence[_Node]) -> None:
    """Wish each box to where its lines run straight; where wishes collide, neighbours share the way (pool adjacent violators)."""
    blocks: list[list[float]] = []
    offset = 0.0
    offsets = []
    for node in layer:
        links = [*node.before, *node.after]
        wish = sum(other.y + there - here for other, there, here in links) / len(links) if links else node.y
        offsets.append(offset)
        weight = 3.0 if node.is_lane else 1.0
        blocks.append([(wish - offset) * weight, weight, 1.0])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [one + other for one, other in zip(blocks[-1], last, strict=True)]
        offset += node.height + GAP_IN_LAYER
    place = 0
    for total, weight, count in blocks:
        for node in layer[place : place + int(count)]:
            node.y = total / weight + offsets[place]
            place += 1


def _columns(layers: Sequence[Sequence[_Node]]) -> tuple[list[float], list[float]]:
    """Where each layer begins and how wide it is; a gap that many lines cross is wider."""
    starts, widths, x = [], [], 0.0
    for layer in layers:
        width = max((node.width for node in layer), default=0.0)
        starts.append(x)
        widths.append(width)
        x += width + GAP_BETWEEN_LAYERS + min(3.0 * sum(len(node.after) for node in layer), 60.0)
    return starts, widths


def _route(
    edge: Edge,
    chain: Sequence[_Node],
    ahead: bool,
    spots: Mapping[str, Spot],
    starts: Sequence[float],
    widths: Sequence[float],
) -> list[Point]:
    if not chain:
        return []
    first, last = chain[0], chain[-1]
    out, into = (
        _attached(first, edge.out if ahead else edge.into),
        _attached(last, edge.into if ahead else edge.out),
    )
    spot = spots[first.name]
    points: list[Point] = [(spot.x + spot.width, spot.y + out)]
    right = starts[first.layer] + widths[first.layer]
    if right > points[0][0]:
        points.append((right, points[0][1]))
    for node in chain[1:-1]:
        middle = node.y + node.height / 2
        points += [(starts[node.layer], middle), (starts[node.layer] + widths[node.layer], middle)]
    spot = spots[last.name]
    if spot.x > starts[last.layer]:
        points.append((starts[last.layer], spot.y + into))
    points.append((spot.x, spot.y + into))
    return points if ahead else points[::-1]
