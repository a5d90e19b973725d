"""What holds up a change of chosen records: said record by record, to be confirmed, or for those records to be left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Severity
from dougong.records.call import Call
from dougong.records.titles import find_titles
from dougong.screens.addresses import entity_path
from dougong.screens.shape import FormScreen, FormSection, Link, Notice, Problem
from dougong.screens.texts import counted, text

LEAVE, LEFT = "leave", "dg_leave"
"""The button that goes on without the records which are held up, and the input that names them."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Held:
    """What was refused or warned of, the keys that confirm it when nothing was refused, and the records it is about."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    confirm: tuple[str, ...] = ()
    records: tuple[int, ...] = ()
    leave: str = ""
    """The words on the button that leaves these records out; empty where none would remain, or nobody knows which they are."""

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The inputs by which a form says which records are to be left out."""
        return [(LEFT, ",".join(str(each) for each in self.records))] if self.leave else []


def held_up(call: Call, key: str, identifiers: Sequence[int], found: Sequence[Diagnostic]) -> Held:
    """What was found about chosen records; the paths begin with their places among these."""
    wrong = [each for each in found if each.severity == Severity.ERROR]
    told = wrong or list(found)
    placed = [(_record(identifiers, each), each) for each in told]
    records = tuple(dict.fromkeys(identifier for identifier, _ in placed if identifier))
    problems = _said(call, key, identifiers, placed)
    remaining = len(identifiers) - len(records)
    known = remaining > 0 and all(identifier for identifier, _ in placed)
    leave = counted("leave_out", len(records), call.language) if known else ""
    if wrong:
        return Held(problems, records=records, leave=leave)
    keys = dict.fromkeys(dict(each.parameters).get("confirm", "") for each in found)
    return Held((), problems, tuple(each for each in keys if each), records, leave)


def _record(identifiers: Sequence[int], found: Diagnostic) -> int:
    place = found.path.partition("/")[0]
    return identifiers[int(place)] if place.isdecimal() and int(place) < len(identifiers) else 0


def _said(
    call: Call, key: str, identifiers: Sequence[int], placed: Sequence[tuple[int, Diagnostic]]
) -> tuple[Problem, ...]:
    """The first findings, each with its record; of one record alone, or one message for all, only what is said."""
    once = list({(identifier, each.message): (identifier, each) for identifier, each in placed}.values())
    titles = find_titles(call, {key: {identifier for identifier, _ in once[:_SHOWN] if identifier}})
    named = len(identifiers) > 1
    shown = tuple(
        Problem(each.message, "", titles.get((key, identifier), "") if named else "", each.hint, each.code)
        for identifier, each in once[:_SHOWN]
    )
    more = len(once) - len(shown)
    return (*shown, Problem(counted("held_more", more, call.language))) if more else shown


def held_form(
    call: Call,
    key: str,
    action: str,
    identifiers: Sequence[int],
    found: Sequence[Diagnostic],
    back: str,
    version: int = 0,
) -> FormScreen:
    """The page that says why chosen records are not deleted yet, with what can be done about it."""
    entity, language = call.release.entity(key), call.language
    held = held_up(call, key, identifiers, found)
    chosen = [("id", str(each)) for each in identifiers]
    return FormScreen(
        key=f"{key}:held:{call.release.generation}:{language}",
        title=text("delete_held", language, label=entity.label.get(language)),
        action=action,
        sections=(FormSection("held", "", ()),),
        save_label="",
        cancel_href=back,
        problems=held.problems,
        warnings=held.warnings,
        confirm=held.confirm,
        confirm_label=text("delete_anyway", language),
        leave=held.leave,
        notices=(Notice(counted("delete_asked", len(identifiers), language), "info"),),
        version=version,
        hidden=(*chosen, ("next", back), *held.hidden),
        crumbs=(Link(entity.plural.get(language), entity_path(key)),),
    )
