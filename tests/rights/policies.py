"""Generated roles: grants, rows, fields and denials as data, as the text of definitions, and as conditions in plain Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

APP = "yard"
ENTITIES = ("thing", "box")
ACTIONS = ("read", "create", "update", "delete", "export")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "thing": ("name", "num", "kind", "owner", "box", "peer", "secret"),
    "box": ("name", "level", "owner"),
}
SOURCES: Mapping[str, str] = {
    "app.yaml": "{id: yard, version: 1.0.0, label: Yard, languages: [en]}",
    "entities/thing.yaml": """
label: Thing
title: "{name}"
fields:
  name: {type: text}
  num: {type: integer}
  kind: {type: choice, options: {a: {label: A}, b: {label: B}}}
  owner: {type: member, default: "ME()"}
  box: {type: link, to: box, on_delete: clear, inverse: things}
  peer: {type: link, to: thing, on_delete: clear, inverse: peers}
  secret: {type: text}
""",
    "entities/box.yaml": """
label: Box
title: "{name}"
fields:
  name: {type: text}
  level: {type: integer}
  owner: {type: member, default: "ME()"}
""",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition: `op` is one of the tests below, or and, or, not over `parts`."""

    op: str
    value: int | str = 0
    parts: tuple[Rule, ...] = ()

    @property
    def text(self) -> str:
        """The condition as definitions say it."""
        if self.op == "not":
            return f"NOT ({self.parts[0].text})"
        if self.op in ("and", "or"):
            return f" {self.op.upper()} ".join(f"({each.text})" for each in self.parts)
        return TESTS[self.op].format(value=self.value)


TESTS: Mapping[str, str] = {
    "mine": "owner = ME()",
    "num": "num > {value}",
    "kind": "kind = '{value}'",
    "bare": "secret IS EMPTY",
    "level": "level > {value}",
    "inside": "box.level > {value}",
    "housed": "box.owner = ME()",
    "beside": "peer.owner = ME()",
    "boxed": "box IS NOT EMPTY",
}
OF_THING = ("mine", "num", "kind", "bare", "inside", "housed", "beside", "boxed")
OF_BOX = ("mine", "level")


@dataclass(frozen=True, slots=True)
class Permit:
    """What a role grants for one action: on rows (None means all) without some fields."""

    rows: Rule | None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Denial:
    """What a role takes away: actions on rows (None means all), whole or of some fields."""

    entity: str
    actions: frozenset[str]
    rows: Rule | None
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Role:
    """Permits by entity and action, and denials."""

    permits: Mapping[tuple[str, str], Permit]
    denials: tuple[Denial, ...] = ()

    @property
    def text(self) -> str:
        """The role's file."""
        grants: dict[str, dict[str, object]] = {}
        for (entity, action), permit in self.permits.items():
            grants.setdefault(entity, {})[action] = _granted(action, permit)
        role: dict[str, object] = {"label": "Role", "grants": grants}
        if self.denials:
            role["deny"] = {f"no_{number}": _denied(each) for number, each in enumerate(self.denials)}
        return json.dumps(role)


def _granted(action: str, permit: Permit) -> object:
    said: dict[str, object] = {} if permit.rows is None else {"rows": permit.rows.text}
    if permit.left_out and action == "read":
        said["hide"] = sorted(permit.left_out)
    elif permit.left_out:
        said["fields"] = {"except": sorted(permit.left_out)}
    return said or True


def _denied(denial: Denial) -> object:
    said: dict[str, object] = {
        "entity": denial.entity,
        "actions": sorted(denial.actions),
        "reason": "not here",
    }
    if denial.rows is not None:
        said["rows"] = denial.rows.text
    if denial.fields:
        said["fields"] = sorted(denial.fields)
    return said


def rules(entity: str) -> st.SearchStrategy[Rule]:
    """Conditions of an entity, put together at most twice."""
    names = OF_THING if entity == "thing" else OF_BOX
    plain = st.one_of(
        st.sampled_from([each for each in names if "{" not in TESTS[each]]).map(Rule),
        st.builds(Rule, st.sampled_from([each for each in names if "> {" in TESTS[each]]), st.integers(0, 4)),
        *([st.builds(Rule, st.just("kind"), st.sampled_from("ab"))] if entity == "thing" else []),
    )
    pairs = st.tuples(plain, plain)
    return st.one_of(
        plain,
        plain.map(lambda each: Rule("not", parts=(each,))),
        pairs.map(lambda each: Rule("and", parts=each)),
        pairs.map(lambda each: Rule("or", parts=each)),
    )


def _some_fields(entity: str) -> st.SearchStrategy[frozenset[str]]:
    return st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from(FIELDS[entity]), max_size=3))


def _permit(entity: str, action: str) -> st.SearchStrategy[Permit | None]:
    rows = st.one_of(st.none(), rules(entity))
    if action in ("delete", "export"):
        return st.one_of(st.none(), st.builds(Permit, rows))
    made = st.builds(Permit, rows, _some_fields(entity))
    return made if action == "read" else st.one_of(st.none(), made)


def _denial(entity: str) -> st.SearchStrategy[Denial]:
    rows = st.one_of(st.none(), rules(entity))
    whole = st.builds(
        Denial,
        st.just(entity),
        st.frozensets(st.sampled_from(ACTIONS), min_size=1, max_size=2),
        rows,
    )
    named = st.frozensets(st.sampled_from(FIELDS[entity]), min_size=1, max_size=2)
    of_fields = st.builds(
        Denial, st.just(entity), st.sampled_from((frozenset({"read"}), frozenset({"update"}))), rows, named
    )
    return st.one_of(whole, of_fields, of_fields)


@st.composite
def roles(draw: st.DrawFn) -> Role:
    """One role; it may say nothing of an entity."""
    permits: dict[tuple[str, str], Permit] = {}
    for entity in ENTITIES:
        if draw(st.integers(0, 5)) == 0:
            continue
        for action in ACTIONS:
            permit = draw(_permit(entity, action))
            if permit is not None:
                permits[entity, action] = permit
    denials = draw(st.lists(st.sampled_from(ENTITIES).flatmap(_denial), max_size=1))
    return Role(permits, tuple(denials))
