"""Circles in graphs of names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def order(edges: Mapping[str, Iterable[str]]) -> tuple[list[str], list[list[str]]]:
    """The names in an order in which everything a name needs comes before it, and the circles that forbid one.

    Each circle is a list of names in which every name needs the next and the last needs the first.
    """
    done: dict[str, bool] = {}
    ordered: list[str] = []
    circles: list[list[str]] = []
    for start in edges:
        _visit(start, edges, done, ordered, circles)
    return ordered, circles


def _visit(
    start: str,
    edges: Mapping[str, Iterable[str]],
    done: dict[str, bool],
    ordered: list[str],
    circles: list[list[str]],
) -> None:
    """Depth first with a stack of its own, so that long chains do not exhaust the interpreter's."""
    if start in done:
        return
    road = [start]
    waiting = [iter(edges.get(start, ()))]
    done[start] = False
    while road:
        following = next((name for name in waiting[-1] if name in edges), None)
        if following is None:
            waiting.pop()
            finished = road.pop()
            done[finished] = True
            ordered.append(finished)
        elif following not in done:
            done[following] = False
            road.append(following)
            waiting.append(iter(edges.get(following, ())))
        elif not done[following]:
            circles.append(road[road.index(following) :])


def printed(circle: list[str]) -> str:
    """A circle as people read it: a → b → a."""
    return " → ".join([*circle, circle[0]])
