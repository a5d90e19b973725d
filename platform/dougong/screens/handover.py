"""The page on which somebody's belongings are handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dougong.people.accounts import Account
from dougong.records.call import Call
from dougong.records.handover import PARTS, Belongings
from dougong.screens.people import CHOOSE, PATH
from dougong.screens.shape import (
    Action,
    Choice,
    Confirm,
    FormField,
    FormScreen,
    FormSection,
    Notice,
    Problem,
    SettingsScreen,
    SettingsSection,
)
from dougong.screens.texts import text

USUAL = ("tasks", "departments", "subordinates", "teams", "views")
"""What is ticked at first: roles are given on purpose only."""


def handover_screen(
    call: Call,
    account: Account,
    found: Belongings,
    names: Mapping[int, str],
    to: str = "",
    problems: Sequence[Problem] = (),
    may_take_back: bool = False,
) -> SettingsScreen:
    """What there is to hand over, all of it ticked, and to whom."""
    language = call.language
    records = tuple(
        Choice(f"{each.key}.{each.field}", f"{_label(call, each.key, each.field)} · {each.count:,}")
        for each in found.records
    )
    counts = {name: getattr(found, name) for name in PARTS}
    parts = tuple(
        Choice(name, f"{text(f'handover_{name}', language)} · {counts[name]:,}")
        for name in PARTS
        if counts[name]
    )
    called = names.get(int(to), to) if to.isdigit() else to
    fields = [
        FormField(
            "to",
            "member",
            text("handover_to", language),
            to,
            required=True,
            chosen=(Choice(to, called),) if to else (),
            choose_href=CHOOSE,
            problems=tuple(each.text for each in problems if each.field == "to"),
        )
    ]
    if records:
        ticked = tuple(each.value for each in records)
        fields.append(
            FormField("fields", "choices", text("handover_records", language), ticked, options=records)
        )
    if parts:
        ticked = tuple(each.value for each in parts if each.value in USUAL)
        fields.append(FormField("parts", "choices", text("handover_parts", language), ticked, options=parts))
    if not account.is_disabled:
        fields.append(
            FormField(
                "disables",
                "boolean",
                text("handover_disables", language),
                "true",
                help=text("handover_disables_help", language, count=found.tokens),
            )
        )
    form = FormScreen(
        key=f"handover:{language}",
        title="",
        action=f"{PATH}/{account.id}/handover",
        sections=(FormSection("handover", "", tuple(fields), 1),),
        save_label=text("handover_do", language),
        cancel_href="",
        problems=tuple(problems),
    )
    section = SettingsSection(
        "handover", text("person_handover", language), text("handover_text", language), form
    )
    notices = () if records or parts else (Notice(text("handover_nothing", language)),)
    back = Action(
        "take-back",
        text("handover_back", language),
        f"{PATH}/{account.id}/handover/undo",
        "post",
        "arrow-back-up",
        confirm=Confirm(
            text("handover_back_title", language),
            text("handover_back_text", language),
            text("handover_back", language),
        ),
    )
    return SettingsScreen(
        text("handover_of", language, name=account.name),
        (section,),
        notices=notices,
        actions=(back,) if may_take_back else (),
        back_href=f"{PATH}/{account.id}",
    )


def _label(call: Call, key: str, field: str) -> str:
    entity = call.release.entity(key)
    return f"{entity.plural.get(call.language)} · {entity.fields[field].label.get(call.language)}"
