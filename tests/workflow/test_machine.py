"""The pure machine: readable cases, and invariants over random workflows and random actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dougong.model.expression import Expression, Literal, Type
from dougong.model.text import Text
from dougong.model.workflow import Assignee, Next, Node, Workflow
from dougong.workflow.machine import (
    Ask,
    Assign,
    Cancel,
    Decision,
    Facts,
    Refused,
    State,
    begin,
    decide,
    pass_at_once,
    withdraw,
)

BOOLEAN = Type("boolean")
YES = Expression("TRUE", Literal(True, BOOLEAN), BOOLEAN)
NO = Expression("FALSE", Literal(False, BOOLEAN), BOOLEAN)
INITIATOR, ADMIN = 1, 99


def approver(name: str, *next_: Next, **settings_: object) -> Node:
    node = Node(name, "approve", Text.of(name), (Assignee("role", name),), next=next_)
    return replace(node, **settings_)  # type: ignore[arg-type]


def end(name: str, outcome: str) -> Node:
    return Node(
        name, "end", Text.of(name), outcome=outcome, set=(("status", Expression(name, YES.tree, BOOLEAN)),)
    )


def flow(*nodes: Node, **settings_: object) -> Workflow:
    made = Workflow("w", "a", "e", Text.of("w"), {node.id: node for node in nodes}, nodes[0].id)
    return replace(made, **settings_)  # type: ignore[arg-type]


def facts(people: dict[str, tuple[int, ...]] | Callable[[Node], tuple[int, ...]]) -> Facts:
    asked = people if callable(people) else lambda node: people.get(node.id, ())
    return Facts(INITIATOR, lambda condition: condition is YES, asked, lambda: (ADMIN,))


TO_DONE = Next(("done",))
DONE, REFUSED = end("done", "approved"), end("refused", "rejected")


def started(workflow: Workflow, about: Facts) -> Decision:
    found = begin(workflow, about)
    assert isinstance(found, Decision), found
    return found


def act(workflow: Workflow, state: State, person: int, approves: bool, about: Facts) -> Decision:
    token = next(each for each in state.tokens if person in each.waiting)
    found = decide(workflow, state, token.node, token.visit, person, approves, about)
    assert isinstance(found, Decision), found
    return found


def test_the_first_of_several_decides_where_any_is_enough() -> None:
    workflow, about = flow(approver("boss", TO_DONE), DONE), facts({"boss": (2, 3)})
    first = started(workflow, about)
    assert first.effects == (Ask("boss", 1, (2, 3)),)
    after = act(workflow, first.state, 3, True, about)
    assert after.state.outcome == "approved"
    assert Cancel("boss", 1) in after.effects
    assert after.effects[-1] == Assign(DONE.set, DONE.id)


def test_all_must_approve_where_all_are_asked() -> None:
    workflow, about = flow(approver("boss", TO_DONE, mode="all"), DONE), facts({"boss": (2, 3)})
    after = act(workflow, started(workflow, about).state, 2, True, about)
    assert (after.state.outcome, after.effects) == ("", ())
    assert isinstance(decide(workflow, after.state, "boss", 1, 2, True, about), Refused)
    assert act(workflow, after.state, 3, True, about).state.outcome == "approved"


def test_one_rejection_is_enough_and_goes_where_the_node_says() -> None:
    workflow = flow(approver("boss", TO_DONE, mode="all", on_reject="refused"), DONE, REFUSED)
    about = facts({"boss": (2, 3)})
    after = act(workflow, started(workflow, about).state, 2, False, about)
    assert after.state.outcome == "rejected"
    assert after.effects[-1] == Assign(REFUSED.set, REFUSED.id)


def test_a_rejection_without_a_way_ends_it() -> None:
    workflow, about = flow(approver("boss", TO_DONE), DONE), facts({"boss": (2,)})
    after = act(workflow, started(workflow, about).state, 2, False, about)
    assert (after.state, after.effects) == (State((), (("boss", 1),), "rejected"), (Cancel("boss", 1),))


def test_conditions_choose_the_first_way_that_holds() -> None:
    gate = Node(
        "gate", "condition", Text.of("gate"), next=(Next(("chief",), NO), Next(("boss",), YES), TO_DONE)
    )
    workflow = flow(gate, approver("boss", TO_DONE), approver("chief", TO_DONE), DONE)
    about = facts({"boss": (2,), "chief": (3,)})
    assert [token.node for token in started(workflow, about).state.tokens] == ["boss"]


def test_nobody_to_ask_is_handled_as_the_node_says() -> None:
    about = facts({})
    for empty, expected in (("skip", "approved"), ("admin", ADMIN), ("stop", Refused("nobody", "boss"))):
        found = begin(flow(approver("boss", TO_DONE, empty=empty), DONE), about)
        if isinstance(found, Refused):
            assert found == expected
        else:
            asked = [token.asked for token in found.state.tokens]
            assert found.state.outcome == expected or asked == [(expected,)]


def test_the_initiator_is_not_asked_about_the_own_request() -> None:
    workflow = flow(approver("boss", TO_DONE, same_as_initiator="skip"), DONE)
    assert started(workflow, facts({"boss": (INITIATOR,)})).state.outcome == "approved"
    assert started(workflow, facts({"boss": (INITIATOR, 2)})).state.tokens[0].asked == (2,)


def test_parallel_ways_are_over_when_all_have_arrived() -> None:
    split = Node("split", "condition", Text.of("split"), next=(Next(("law", "money")),))
    workflow = flow(split, approver("law", TO_DONE), approver("money", TO_DONE, empty="skip"), DONE)
    about = facts({"law": (2,)})
    first = started(workflow, about)
    assert first.state.outcome == ""
    assert act(workflow, first.state, 2, True, about).state.outcome == "approved"


def test_a_skipped_branch_does_not_end_the_other_before_it_begins() -> None:
    split = Node("split", "condition", Text.of("split"), next=(Next(("money", "law")),))
    workflow = flow(split, approver("law", TO_DONE), approver("money", TO_DONE, empty="skip"), DONE)
    assert [token.node for token in started(workflow, facts({"law": (2,)})).state.tokens] == ["law"]


def test_only_the_initiator_withdraws_and_only_while_it_runs() -> None:
    workflow, about = flow(approver("boss", TO_DONE), DONE), facts({"boss": (2,)})
    state = started(workflow, about).state
    assert withdraw(workflow, state, 2, about) == Refused("not_initiator")
    assert withdraw(replace(workflow, allow_withdraw=False), state, INITIATOR, about) == Refused(
        "no_withdrawal"
    )
    taken_back = withdraw(workflow, state, INITIATOR, about)
    assert isinstance(taken_back, Decision)
    assert taken_back.state.outcome == "withdrawn"
    assert withdraw(workflow, taken_back.state, INITIATOR, about) == Refused("ended")


def test_refusals_say_why() -> None:
    workflow, about = flow(approver("boss", TO_DONE), DONE), facts({"boss": (2,)})
    state = started(workflow, about).state
    assert decide(workflow, state, "boss", 1, 3, True, about) == Refused("not_asked", "boss")
    assert decide(workflow, state, "boss", 2, 2, True, about) == Refused("gone", "boss")
    after = act(workflow, state, 2, True, about)
    assert decide(workflow, after.state, "boss", 1, 2, True, about) == Refused("ended", "boss")


def test_no_way_on_and_endless_ways_are_refused() -> None:
    stuck = flow(approver("boss", Next(("done",), NO), empty="skip"), DONE)
    assert begin(stuck, facts({})) == Refused("no_way", "boss")
    circle = flow(
        approver("boss", Next(("chief",)), empty="skip"), approver("chief", Next(("boss",)), empty="skip")
    )
    found = begin(circle, facts({}))
    assert isinstance(found, Refused)
    assert found.reason == "endless"


def test_what_needs_no_approval_is_approved_at_once() -> None:
    found = pass_at_once(flow(approver("boss", TO_DONE), DONE), facts({}))
    assert found.state.outcome == "approved"
    assert found.effects[-1] == Assign(DONE.set, DONE.id)


NAMES = ("n0", "n1", "n2", "n3", "n4")


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    count = draw(st.integers(1, 5))
    targets = [*NAMES[:count], "done", "refused"]
    nodes = []
    for name in NAMES[:count]:
        ways = draw(
            st.lists(
                st.builds(
                    Next,
                    st.lists(st.sampled_from(targets), min_size=1, max_size=3, unique=True).map(tuple),
                    st.sampled_from([None, YES, NO]),
                ),
                max_size=3,
            )
        )
        kind = draw(st.sampled_from(["approve", "approve", "condition"]))
        nodes.append(
            Node(
                name, kind, Text.of(name), (Assignee("role", name),),
                mode=draw(st.sampled_from(["any", "all"])),
                empty=draw(st.sampled_from(["skip", "admin", "stop"])),
                same_as_initiator=draw(st.sampled_from(["ask", "skip"])),
                next=tuple(ways),
                on_reject=draw(st.sampled_from(["", *targets])),
            )
        )  # fmt: skip
    return flow(*nodes, DONE, REFUSED)


def check(workflow: Workflow, decision: Decision) -> None:
    state = decision.state
    assert bool(state.outcome) == (not state.tokens), "it is over exactly when nothing waits"
    assert len({token.node for token in state.tokens}) == len(state.tokens), "a node waits once"
    for token in state.tokens:
        assert workflow.nodes[token.node].kind == "approve"
        assert token.waiting, "whoever waits, waits for somebody"
        assert set(token.approved) <= set(token.asked)
        assert token.visit == state.visits_of(token.node)


@settings(max_examples=400, deadline=None)
@given(
    workflows(),
    st.dictionaries(st.sampled_from(NAMES), st.lists(st.integers(1, 4), max_size=3).map(tuple)),
    st.data(),
)
def test_no_token_is_lost_and_every_task_belongs_to_a_token(
    workflow: Workflow, people: dict[str, tuple[int, ...]], data: st.DataObject
) -> None:
    about = facts(people)
    found = begin(workflow, about)
    open_tasks: set[tuple[str, int, int]] = set()
    for _ in range(12):
        if isinstance(found, Refused):
            return
        check(workflow, found)
        for effect in found.effects:
            if isinstance(effect, Ask):
                open_tasks |= {(effect.node, effect.visit, person) for person in effect.people}
            elif isinstance(effect, Cancel):
                open_tasks = {each for each in open_tasks if each[:2] != (effect.node, effect.visit)}
        state = found.state
        waiting = {(token.node, token.visit, person) for token in state.tokens for person in token.waiting}
        assert waiting <= open_tasks
        assert {each[:2] for each in open_tasks} == {each[:2] for each in waiting}
        if state.outcome:
            assert not open_tasks
            return
        node, visit, person = data.draw(st.sampled_from(sorted(waiting)))
        found = decide(workflow, state, node, visit, person, data.draw(st.booleans()), about)
        if isinstance(found, Decision) and found.state.token(node, visit) is not None:
            open_tasks.discard((node, visit, person))
