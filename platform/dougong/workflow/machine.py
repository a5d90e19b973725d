"""The pure decision: from where an approval stands and what somebody does to where it stands next and what follows from it.

Nothing here reads or writes a row. What the machine needs to know of the world comes in as `Facts`; what has to happen
goes out as effects, in the order in which they must be carried out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dougong.model.expression import Expression
from dougong.model.workflow import Node, Workflow

Fields = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Token:
    """One place where the approval stands: a node that waits, for the how-manieth time, whom it asks and who has approved."""

    node: str
    visit: int
    asked: tuple[int, ...]
    approved: tuple[int, ...] = ()

    @property
    def waiting(self) -> tuple[int, ...]:
        """Those who have not decided yet."""
        return tuple(person for person in self.asked if person not in self.approved)


@dataclass(frozen=True, slots=True)
class State:
    """Where an approval stands. Without an outcome it has at least one token; with one (approved, rejected, withdrawn,
    cancelled) none."""

    tokens: tuple[Token, ...] = ()
    visits: tuple[tuple[str, int], ...] = ()
    outcome: str = ""

    def token(self, node: str, visit: int) -> Token | None:
        """The token of that visit, or nothing when it has gone on."""
        return next((token for token in self.tokens if (token.node, token.visit) == (node, visit)), None)

    def visits_of(self, node: str) -> int:
        """How often a node has been reached."""
        return dict(self.visits).get(node, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the machine asks about the world, for one record at one moment.

    `people` are the active persons a node asks, without duplicates; `administrators` stand in where a node says so;
    `active` leaves out those whose account has been disabled since they were asked.
    """

    initiator: int
    holds: Callable[[Expression], bool]
    people: Callable[[Node], tuple[int, ...]]
    administrators: Callable[[], tuple[int, ...]]
    active: Callable[[tuple[int, ...]], tuple[int, ...]] = tuple


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a task for each of these people."""

    node: str
    visit: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Close the tasks of a visit that are still open: nobody has to decide any more."""

    node: str
    visit: int


@dataclass(frozen=True, slots=True)
class Assign:
    """Set fields of the record, as a node says; without one the submission or the withdrawal does."""

    fields: Fields
    node: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the log says that nobody did: `action` is entered, skipped, passed or routed; `reason` says why."""

    action: str
    node: str
    reason: str = ""


Effect = Ask | Cancel | Assign | Note


@dataclass(frozen=True, slots=True)
class Decision:
    """The next state and what has to happen, in order."""

    state: State
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an action cannot be taken: ended, gone, not_asked, decided, nobody, no_way, endless, not_initiator, no_withdrawal."""

    reason: str
    node: str = ""


@dataclass(slots=True)
class _Run:
    """One decision in the making."""

    workflow: Workflow
    facts: Facts
    state: State
    effects: list[Effect] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    """Nodes that are about to be reached; as long as there are any, nothing can be over."""
    steps: int = 0

    def decision(self) -> Decision:
        return Decision(self.state, tuple(self.effects))


class _Stop(Exception):
    def __init__(self, reason: str, node: str) -> None:
        self.refused = Refused(reason, node)
        super().__init__(reason)


def begin(workflow: Workflow, facts: Facts) -> Decision | Refused:
    """Start an approval: the fields of the submission are set and the first node is entered."""
    run = _Run(workflow, facts, State())
    if workflow.on_submit:
        run.effects.append(Assign(workflow.on_submit))
    return _carried_out(run, lambda: run.pending.append(workflow.first))


def decide(
    workflow: Workflow, state: State, node: str, visit: int, person: int, approves: bool, facts: Facts
) -> Decision | Refused:
    """Somebody approves or rejects at a node."""
    if state.outcome:
        return Refused("ended", node)
    token = state.token(node, visit)
    if token is None:
        return Refused("gone", node)
    if person not in token.asked:
        return Refused("not_asked", node)
    if person in token.approved:
        return Refused("decided", node)
    run = _Run(workflow, facts, state)
    return _carried_out(run, lambda: _approve(run, token, person) if approves else _reject(run, token))


def withdraw(
    workflow: Workflow, state: State, person: int, facts: Facts, may_stop: bool = False
) -> Decision | Refused:
    """The initiator takes the approval back while it runs; who `may_stop` any approval need not be the initiator."""
    if state.outcome:
        return Refused("ended")
    if not may_stop and person != facts.initiator:
        return Refused("not_initiator")
    if not may_stop and not workflow.allow_withdraw:
        return Refused("no_withdrawal")
    run = _Run(workflow, facts, state)
    _finish(run, "withdrawn")
    if workflow.on_withdraw:
        run.effects.append(Assign(workflow.on_withdraw))
    return run.decision()


def cancel(workflow: Workflow, state: State) -> Decision:
    """The approval ends because what it is about is gone: nothing is set any more."""
    run = _Run(workflow, _NOTHING, state)
    _finish(run, "cancelled")
    return run.decision()


_NOTHING = Facts(0, lambda condition: False, lambda node: (), lambda: ())


def pass_at_once(workflow: Workflow, facts: Facts) -> Decision:
    """The submission that needs no approval: what the approving end sets is set, and the approval is over."""
    end = next((node for node in workflow.nodes.values() if node.outcome == "approved"), None)
    effects: list[Effect] = [Note("passed", end.id if end else "", "not_needed")]
    if end is not None and end.set:
        effects.append(Assign(end.set, end.id))
    return Decision(State(outcome="approved"), tuple(effects))


def _carried_out(run: _Run, action: Callable[[], None]) -> Decision | Refused:
    try:
        action()
        while run.pending and not run.state.outcome:
            _enter(run, run.pending.pop(0))
    except _Stop as stop:
        return stop.refused
    return run.decision()


def _approve(run: _Run, token: Token, person: int) -> None:
    voted = replace(token, approved=(*token.approved, person))
    node = run.workflow.nodes[token.node]
    if node.mode == "all" and run.facts.active(voted.waiting):
        run.state = replace(
            run.state, tokens=tuple(voted if each == token else each for each in run.state.tokens)
        )
        return
    _leave(run, token)
    _pass(run, node)


def _reject(run: _Run, token: Token) -> None:
    node = run.workflow.nodes[token.node]
    _leave(run, token)
    if node.on_reject:
        run.pending.insert(0, node.on_reject)
    else:
        _finish(run, "rejected")


def _leave(run: _Run, token: Token) -> None:
    run.state = replace(run.state, tokens=tuple(each for each in run.state.tokens if each != token))
    run.effects.append(Cancel(token.node, token.visit))


def _pass(run: _Run, node: Node) -> None:
    if node.set:
        run.effects.append(Assign(node.set, node.id))
    _go_on(run, node)


def _go_on(run: _Run, node: Node) -> None:
    for way in node.next:
        if way.condition is None or run.facts.holds(way.condition):
            run.pending.extend(way.to)
            return
    raise _Stop("no_way", node.id)


def _enter(run: _Run, name: str) -> None:
    """Let a token reach a node; tokens that meet at a node that still waits become one."""
    if any(token.node == name for token in run.state.tokens):
        return
    run.steps += 1
    if run.steps > 4 * len(run.workflow.nodes) + 4:
        raise _Stop("endless", name)
    visit = run.state.visits_of(name) + 1
    counted = {**dict(run.state.visits), name: visit}
    run.state = replace(run.state, visits=tuple(sorted(counted.items())))
    node = run.workflow.nodes[name]
    if node.kind == "end":
        _reach_end(run, node)
    elif node.kind == "approve":
        _ask(run, node, visit)
    else:
        run.effects.append(Note("routed", name))
        _go_on(run, node)


def _ask(run: _Run, node: Node, visit: int) -> None:
    people = tuple(dict.fromkeys(run.facts.people(node)))
    if node.same_as_initiator == "skip" and run.facts.initiator in people:
        people = tuple(person for person in people if person != run.facts.initiator)
        if not people:
            run.effects.append(Note("skipped", node.id, "same_as_initiator"))
            _pass(run, node)
            return
    if not people and node.empty == "skip":
        run.effects.append(Note("skipped", node.id, "nobody"))
        _pass(run, node)
        return
    if not people and node.empty == "admin":
        people = tuple(dict.fromkeys(run.facts.administrators()))
    if not people:
        raise _Stop("nobody", node.id)
    run.state = replace(run.state, tokens=(*run.state.tokens, Token(node.id, visit, people)))
    run.effects.append(Ask(node.id, visit, people))


def _reach_end(run: _Run, node: Node) -> None:
    """A rejecting end ends everything; an approving one waits until the other tokens have arrived somewhere too."""
    run.effects.append(Note("entered", node.id))
    if node.outcome == "rejected":
        _finish(run, "rejected")
        if node.set:
            run.effects.append(Assign(node.set, node.id))
    elif not run.state.tokens and not run.pending:
        _finish(run, "approved")
        reached = (run.workflow.nodes[name] for name, _ in run.state.visits)
        run.effects += [Assign(end.set, end.id) for end in reached if end.outcome == "approved" and end.set]


def _finish(run: _Run, outcome: str) -> None:
    for token in run.state.tokens:
        run.effects.append(Cancel(token.node, token.visit))
    run.state = replace(run.state, tokens=(), outcome=outcome)
