"""The browser designer of an entity: its form as a canvas, the types one may add, and the properties of what is selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dougong.diagnostics import Diagnostic
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.model.field import Field, LinkTarget
from dougong.model.form import Section, as_written
from dougong.model.joint import joints_of, written_label, written_name
from dougong.model.text import Text
from dougong.records.call import Call
from dougong.screens.addresses import designer_path, entity_path, with_query
from dougong.screens.designer_head import designer_tabs, draft_actions
from dougong.screens.serial_design import serial_inputs
from dougong.screens.setting_inputs import setting_inputs
from dougong.screens.shape import (
    Choice,
    DesignerEntity,
    DesignerField,
    DesignerScreen,
    DesignerSection,
    FormField,
    FormSection,
    Notice,
    PaletteGroup,
    PaletteType,
    Piece,
    Problem,
)
from dougong.screens.texts import counted, text

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "types_basic",
        ("text", "long_text", "rich_text", "boolean", "email", "phone", "url", "address", "location"),
    ),
    (
        "types_number",
        (
            "integer",
            "decimal",
            "money",
            "percent",
            "rating",
            "date",
            "datetime",
            "time",
            "duration",
            "serial",
        ),
    ),
    ("types_choice", ("choice", "choices", "tags", "colour")),
    ("types_relation", ("member", "members", "department", "departments", "link", "links")),
    ("types_other", ("file", "images", "signature", "barcode", "embed", "json")),
)
WITH_LENGTH = frozenset({"text", "long_text", "rich_text"})
WITH_DECIMALS = frozenset({"decimal", "money", "percent"})
WITH_DIGITS = frozenset({"decimal", "money"})
WITH_BOUNDS = frozenset({"integer", "decimal", "money", "percent", "duration", "date", "datetime", "time"})


@dataclass(frozen=True, slots=True)
class Designing:
    """The draft as it is compiled, what is selected, and what was refused."""

    app: App
    entity: Entity
    changed: Sequence[str] = ()
    changed_fields: frozenset[str] = frozenset()
    field: str = ""
    section: str = ""
    problems: Sequence[tuple[Diagnostic, str]] = ()
    """Findings with their message in the reader's language."""
    can_undo: bool = False
    can_redo: bool = False
    is_outdated: bool = False
    file_path: str = ""
    file_text: str = ""


def designer_screen(call: Call, designing: Designing) -> DesignerScreen:
    """The designer's page."""
    language, app, entity = call.language, designing.app, designing.entity
    path = designer_path(app.id, entity.id)
    form = app.forms[entity.id]
    places = [each for section in form.sections for each in section.fields]
    placed = {name for each in places for name in (each.field, each.written)}
    written = _written_fields(entity)
    count = len(designing.changed)
    selected = _field_called(entity, designing.field)
    section = next((each for each in form.sections if each.id == designing.section), None)
    properties, hidden = _properties(call, designing, selected, section)
    title = written_label(selected) if selected else section.label if section else entity.label
    return DesignerScreen(
        app=app.label.get(language),
        app_piece=Piece(app.label.get(language), "app", colour=app.colour, note=app.icon),
        title=text("designer_title", language, label=entity.label.get(language)),
        action=path,
        sections=tuple(_section(call, designing, each, path) for each in form.sections),
        palette=_palette(language),
        tabs=designer_tabs(app, entity, "form", language),
        entities=tuple(
            DesignerEntity(
                each.id,
                each.label.get(language),
                designer_path(app.id, each.id),
                each.icon,
                each.id == entity.id,
            )
            for each in app.entities.values()
            if not each.parent
        ),
        back_href=entity_path(entity.key) if app.id in call.release.apps else "/",
        draft=counted("draft_changes", count, language) if count else "",
        unplaced=tuple(
            _field(call, designing, field, 1, path)
            for name, field in written.items()
            if name not in placed and field.id not in placed
        ),
        properties=properties,
        properties_title=title.get(language),
        properties_code=written_name(selected) if selected else section.id if section else entity.key,
        properties_form=hidden,
        problems=tuple(
            Problem(message, hint=each.hint, code=each.code) for each, message in designing.problems
        ),
        notices=(Notice(text("draft_outdated", language), "warn"),) if designing.is_outdated else (),
        actions=draft_actions(app, count, path, language),
        can_undo=designing.can_undo,
        can_redo=designing.can_redo,
        file_text=designing.file_text,
        file_path=designing.file_path,
    )


def _palette(language: str) -> tuple[PaletteGroup, ...]:
    return tuple(
        PaletteGroup(
            text(group, language),
            tuple(
                PaletteType(
                    each,
                    TYPES[each].label.get(language),
                    TYPES[each].icon,
                    TYPES[each].documentation.get(language),
                )
                for each in types
            ),
        )
        for group, types in GROUPS
    )


def _section(call: Call, designing: Designing, section: Section, path: str) -> DesignerSection:
    fields = tuple(
        _field(call, designing, field, each.width, path, each.field)
        for each in as_written(section)
        if (field := _field_called(designing.entity, each.field)) is not None
    )
    href = with_query(path, [("section", section.id)])
    label = section.label.get(call.language)
    return DesignerSection(section.id, label, section.columns, fields, designing.section == section.id, href)


def _written_fields(entity: Entity) -> dict[str, Field]:
    """The fields by the names that stand in the definition."""
    found: dict[str, Field] = {}
    for field in entity.fields.values():
        found.setdefault(written_name(field), field)
    return found


def _field_called(entity: Entity, name: str) -> Field | None:
    return entity.fields.get(name) or _written_fields(entity).get(name)


def _field(
    call: Call, designing: Designing, field: Field, width: int, path: str, place: str = ""
) -> DesignerField:
    """A field as the canvas shows it, under the name by which its place is written."""
    kind, language = TYPES[field.type], call.language
    name = place or written_name(field)
    label = field.label if name == field.id else written_label(field)
    required = field.required or (field.one_of is not None and field.one_of.required)
    columns: tuple[str, ...] = ()
    if field.type == "table":
        rows = designing.app.entities[field.table.partition(".")[2]]
        columns = tuple(each.label.get(language) for each in rows.fields.values())
    return DesignerField(
        name,
        label.get(language),
        field.type,
        kind.label.get(language),
        kind.icon,
        with_query(path, [("field", name)]),
        width,
        required,
        field.is_computed and field.type != "serial",
        designing.field == name,
        columns=columns,
        changed=field.id in designing.changed_fields,
    )


# -- properties ---------------------------------------------------------------------------------------------------------


def _properties(
    call: Call, designing: Designing, field: Field | None, section: Section | None
) -> tuple[tuple[FormSection, ...], tuple[tuple[str, str], ...]]:
    language = call.language
    if field is not None:
        inputs = tuple(_field_inputs(call, designing, field))
        more = tuple(setting_inputs(field, language))
        flags = tuple((f"has_{each.id}", "1") for each in (*inputs, *more) if each.type == "boolean")
        hidden = (("operation", "set_field"), ("field", designing.field), *flags)
        sections = [FormSection("common", text("common", language), inputs, 1)]
        if more:
            sections.append(FormSection("more", text("more_settings", language), more, 1))
        return tuple(sections), hidden
    if section is not None:
        columns = FormField(
            "columns",
            "integer",
            text("property_columns", language),
            str(section.columns),
            minimum="1",
            maximum="4",
        )
        inputs = (*_label_inputs(section.label, "label", language), columns)
        return (FormSection("common", text("common", language), inputs, 1),), (
            ("operation", "set_section"),
            ("section", section.id),
        )
    return (), ()


def _label_inputs(label: Text, name: str, language: str) -> tuple[FormField, ...]:
    texts = dict(label.texts)
    both = texts.get("", "")
    return tuple(
        FormField(
            f"{name}_{each}",
            "text",
            text(f"property_{name}_{each}", language),
            texts.get(each, both),
            max_length=200,
        )
        for each in ("zh", "en")
    )


def _field_inputs(call: Call, designing: Designing, field: Field) -> list[FormField]:
    language, kind = call.language, TYPES[field.type]
    inputs = [
        *_label_inputs(written_label(field), "label", language),
        *_label_inputs(field.help, "help", language),
    ]
    if "required" in kind.allows and not field.is_computed:
        required = field.required or (field.one_of is not None and field.one_of.required)
        inputs.append(_flag("required", required, language))
    if "unique" in kind.allows and not field.is_computed:
        inputs.append(_flag("unique", field.unique, language))
    if field.type in ("choice", "choices"):
        lines = "\n".join(f"{each.id} = {each.label.get(language)}" for each in field.options)
        inputs.append(FormField("options", "long_text", text("property_options", language), lines))
    if field.type in ("link", "links") and field.target is not None:
        inputs.append(_target(designing.app, designing.entity, field, language))
        inputs += _linkage(designing, field, field.target, language)
    if field.type == "serial":
        inputs += serial_inputs(field, language)
    if field.type == "embed":
        written = str(field.extra.get("url", ""))
        inputs.append(FormField("url", "text", text("property_url", language), written, max_length=500))
    inputs += _numbers(designing, field, language)
    if "default" in kind.allows and field.formula is None and field.type != "stage":
        inputs.append(_expression(designing, field, "default", _written(field.default), language))
    if "formula" in kind.allows:
        inputs.append(_expression(designing, field, "formula", _written(field.formula), language))
    if kind.virtual and field.formula is not None:
        inputs.append(
            replace(_flag("stored", field.stored, language), help=text("property_stored_help", language))
        )
    section = next(
        (
            s
            for s in designing.app.forms[designing.entity.id].sections
            for f in s.fields
            if f.field == field.id
        ),
        None,
    )
    if section is not None and section.columns > 1:
        width = next(each.width for each in section.fields if each.field == field.id)
        most = str(section.columns)
        inputs.append(
            FormField(
                "width", "integer", text("property_width", language), str(width), minimum="1", maximum=most
            )
        )
    return inputs


def _flag(name: str, value: bool, language: str) -> FormField:
    return FormField(name, "boolean", text(f"property_{name}", language), "true" if value else "")


def _target(app: App, entity: Entity, field: Field, language: str) -> FormField:
    """Which entity a field links to; of one link to one record several may be chosen."""
    options = [Choice(each.id, each.label.get(language)) for each in app.entities.values() if not each.parent]
    links = joints_of(entity.fields.values()).get(written_name(field), (field,))
    chosen = tuple(
        each.target.entity if each.target.app == app.id else each.target.key
        for each in links
        if each.target is not None
    )
    options += [Choice(each, each) for each in chosen if each not in [known.value for known in options]]
    label = text("property_to", language)
    if field.type == "links":
        return FormField("to", "choice", label, chosen[0], required=True, options=tuple(options))
    help_text = text("property_to_help", language)
    return FormField("to", "choices", label, chosen, required=True, options=tuple(options), help=help_text)


def _linkage(designing: Designing, field: Field, target: LinkTarget, language: str) -> list[FormField]:
    """Which records a link may hold, and what choosing one gives to other fields: a line each."""
    limit = _expression(designing, field, "filter", _written(target.filter), language)
    found = [replace(limit, help=text("property_filter_help", language))]
    if field.type == "link":
        lines = "\n".join(f"{own} = {value.text}" for own, value in target.fill)
        help_text = text("property_fill_help", language)
        found.append(FormField("fill", "long_text", text("property_fill", language), lines, help=help_text))
    return found


def _expression(designing: Designing, field: Field, name: str, written: str, language: str) -> FormField:
    """The input of an expression, which is looked over while somebody types."""
    label = {"min": "property_minimum", "max": "property_maximum"}.get(name, f"property_{name}")
    check = f"{designer_path(designing.app.id, designing.entity.id)}/check"
    return FormField(
        name, "expression", text(label, language), written, check=check, purpose=name, about=field.id
    )


def _numbers(designing: Designing, field: Field, language: str) -> list[FormField]:
    inputs = []
    if field.type in WITH_LENGTH:
        value = "" if field.max_length is None else str(field.max_length)
        inputs.append(
            FormField("max_length", "integer", text("property_max_length", language), value, minimum="1")
        )
    if field.type in WITH_DECIMALS:
        label = text("property_decimals", language)
        inputs.append(FormField("decimals", "integer", label, str(field.decimals), minimum="0", maximum="10"))
    if field.type in WITH_DIGITS:
        label = text("property_digits", language)
        inputs.append(FormField("digits", "integer", label, str(field.digits), minimum="18", maximum="30"))
    if field.type in WITH_BOUNDS and not field.is_computed:
        for name, bound in (("min", field.minimum), ("max", field.maximum)):
            shown = _written(bound) if isinstance(bound, Expression | None) else format(bound, "f")
            inputs.append(_expression(designing, field, name, shown, language))
    return inputs


def _written(expression: Expression | None) -> str:
    return "" if expression is None else expression.text


def changed_fields(before: Mapping[str, Field], after: Mapping[str, Field]) -> frozenset[str]:
    """The fields that are new or differ."""
    return frozenset(name for name, field in after.items() if before.get(name) != field)
