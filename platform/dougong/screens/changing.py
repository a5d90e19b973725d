"""Changing one field of the chosen records of a list, or of all that it shows: first which field and how, then the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic
from dougong.policy.access import access
from dougong.records.call import Call
from dougong.records.change_many import EMPTY, EXPRESSION, VALUE, WAYS, changeable
from dougong.screens.addresses import entity_path, with_query
from dougong.screens.form_fields import Place, form_field
from dougong.screens.held import held_up
from dougong.screens.list_request import ListRequest
from dougong.screens.shape import Choice, FormField, FormScreen, FormSection, Link, Notice, Problem, Submitted
from dougong.screens.texts import counted, text

FIELD, WAY, TYPED, ALL = "dg_field", "dg_way", "dg_expression", "dg_all"
"""The names of the inputs that are no fields; the last one holds how many records a list showed."""


@dataclass(frozen=True, slots=True)
class Meant:
    """The records to be changed: those that were chosen, or with `asked` all that a list shows and one may change."""

    identifiers: Sequence[int]
    asked: ListRequest | None = None

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form carries along to mean the same records; how many they were tells when they are others by then."""
        if self.asked is not None:
            return [(ALL, str(len(self.identifiers)))]
        return [("id", str(each)) for each in self.identifiers]

    def address(self, path: str) -> str:
        """A path with what the list was asked for."""
        return path if self.asked is None else with_query(path, self.asked.parameters())

    def count_text(self, language: str) -> str:
        """How many records will change, in words."""
        words = "change_count" if self.asked is None else "change_all_count"
        return counted(words, len(self.identifiers), language)


def change_form(
    call: Call,
    key: str,
    meant: Meant,
    name: str = "",
    way: str = "",
    entered: Mapping[str, Submitted] | None = None,
    problems: Sequence[Diagnostic] = (),
    typed: str = "",
) -> FormScreen:
    """The form at the step where it is: without a field it asks for one, with one for what that becomes."""
    entity, language, path = call.release.entity(key), call.language, f"{entity_path(key)}/change"
    known = {field.id: field for field in changeable(call, key)}
    is_chosen = name in known and way in WAYS
    held = held_up(call, key, meant.identifiers, problems)
    hidden = meant.hidden
    notices = [Notice(meant.count_text(language), "info")]
    if not is_chosen:
        fields = _asked(call, tuple((field.id, field.label.get(language)) for field in known.values()))
    elif way == EXPRESSION:
        fields = (_expression(call, key, typed, held.problems),)
    elif way == VALUE:
        wrong = dict.fromkeys(each.text for each in held.problems)
        messages = {name: tuple(wrong)} if wrong else {}
        place = Place(call, entity, frozenset(), {}, {}, entered, messages, language)
        fields = (form_field(place, known[name], 2),)
    else:
        fields = ()
        emptied = text("change_emptied", language, label=known[name].label.get(language))
        notices.append(Notice(emptied, "warn"))
    label = known[name].label.get(language) if is_chosen else text("change_which", language)
    if is_chosen:
        hidden += [(FIELD, name), (WAY, way), *held.hidden]
    return FormScreen(
        key=f"{key}:change:{name}:{way}:{call.release.generation}:{language}:{_rights(call, key)}",
        title=text("change_title", language, label=entity.plural.get(language)),
        action=meant.address(f"{path}/save" if is_chosen else path),
        sections=(FormSection("change", label, fields, 2),),
        save_label=text("change_save" if is_chosen else "change_next", language),
        cancel_href=meant.address(entity_path(key)),
        problems=held.problems,
        warnings=held.warnings,
        confirm=held.confirm,
        confirm_label=text("change_anyway", language),
        leave=held.leave,
        notices=tuple(notices),
        hidden=tuple(hidden),
        crumbs=(Link(entity.plural.get(language), entity_path(key)),),
    )


def _rights(call: Call, key: str) -> str:
    rights = access(call.release, call.actor, key, "update")
    return ",".join(sorted(rights.locked | rights.hidden))


def _asked(call: Call, fields: Sequence[tuple[str, str]]) -> tuple[FormField, ...]:
    language = call.language
    ways = tuple(Choice(way, text(f"change_to_{way}", language)) for way in (VALUE, EXPRESSION, EMPTY))
    choices = tuple(Choice(value, label) for value, label in fields)
    return (
        FormField(FIELD, "choice", text("change_field", language), required=True, options=choices),
        FormField(WAY, "choice", text("change_way", language), VALUE, required=True, options=ways),
    )


def _expression(call: Call, key: str, typed: str, problems: Sequence[Problem]) -> FormField:
    """The input of an expression, which is looked over while somebody types."""
    language = call.language
    return FormField(
        TYPED,
        "expression",
        text("change_to_expression", language),
        typed,
        required=True,
        help=text("change_expression_help", language),
        problems=tuple(dict.fromkeys(each.text for each in problems)),
        width=2,
        check=f"/api/v1{entity_path(key)}/check",
        purpose="value",
    )
