"""What the designer does to definition files: each operation is a few edits that leave everything else as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dougong.definitions import edit
from dougong.definitions.edit import EditError
from dougong.diagnostics import Refusal
from dougong.fieldtypes import TYPES
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.field import Field
from dougong.model.form import Form, Section, as_written
from dougong.model.joint import joints_of, written_name
from dougong.screens.setting_inputs import drawn
from dougong.web import saved_views
from dougong.web.catalogue import refuse
from dougong.web.linkage_edits import set_fill
from dougong.web.serial_design import set_serial
from dougong.web.setting_edits import set_settings

Files = dict[str, str | None]
Parameters = Mapping[str, str]
ENDINGS = (".yaml", ".yml", ".json")
PLAIN_PROPERTIES = ("default", "formula", "min", "max", "url", "filter")
NUMBER_PROPERTIES = ("max_length", "decimals", "digits")
FLAG_PROPERTIES = ("required", "unique")
ON = frozenset({"true", "on", "1"})
"""What a switch sends; one that is off sends false, or nothing."""
UNDESIGNED = frozenset({"table", "stage"})
"""Types whose settings need more than this designer offers; it lays out their fields, but does not add new ones."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One entity under the designer: its compiled form, and the texts of its two files."""

    app: App
    entity: Entity
    language: str
    entity_path: str
    entity_text: str
    form_path: str
    form_text: str
    views_path: str = ""
    views_text: str = ""

    @property
    def form(self) -> Form:
        """The layout as it is compiled."""
        form = self.app.forms[self.entity.id]
        return replace(form, sections=tuple(replace(each, fields=as_written(each)) for each in form.sections))

    def field(self, name: str) -> Field:
        """A field by the name in its definition, which several links may share, or by its own."""
        found = self.entity.fields.get(name)
        return found if found is not None else joints_of(self.entity.fields.values())[name][0]


def bench_of(app: App, entity: Entity, sources: Mapping[str, str], language: str) -> Bench:
    """The entity with its files; a layout that has no file yet is written out first."""
    entity_path = _path(sources, f"entities/{entity.id}")
    form_path = _path(sources, f"forms/{entity.id}")
    form_text = sources.get(form_path) or written_out(app.forms[entity.id])
    if "sections" not in _keys(form_text, form_path):
        form_text = form_text.rstrip("\n") + "\n" + written_out(app.forms[entity.id])
    views_path = saved_views.path_of(app, entity, sources)
    views_text = sources.get(views_path, "")
    return Bench(
        app, entity, language, entity_path, sources[entity_path], form_path, form_text, views_path, views_text
    )


def _path(sources: Mapping[str, str], stem: str) -> str:
    return next((stem + ending for ending in ENDINGS if stem + ending in sources), f"{stem}.yaml")


def _keys(text: str, path: str) -> list[str]:
    return [] if path.endswith(".json") else re.findall(r"^([a-z_]+):", text, re.MULTILINE)


def written_out(form: Form) -> str:
    """A layout as a definition file says it."""
    lines = ["sections:"]
    for section in form.sections:
        label = _flow(dict(section.label.texts).get("") or dict(section.label.texts))
        fields = ", ".join(
            f"{{field: {each.field}, width: {each.width}}}" if each.width > 1 else each.field
            for each in as_written(section)
        )
        lines.append(f"  {section.id}: {{label: {label}, columns: {section.columns}, fields: [{fields}]}}")
    return "\n".join(lines) + "\n"


def _flow(value: str | dict[str, str]) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return (
        "{"
        + ", ".join(f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in value.items())
        + "}"
    )


def operate(bench: Bench, operation: str, given: Parameters) -> Files:
    """The changed files of one operation; refused when the operation makes no sense here."""
    work = OPERATIONS.get(operation)
    if work is None:
        raise refuse("malformed", "W206", "operation", name="operation", allowed=", ".join(OPERATIONS))
    try:
        return work(bench, given)
    except EditError as error:
        problems = error.problems or refuse("invalid", "W427", reason=error).problems
        raise Refusal("invalid", problems) from error


# -- fields -------------------------------------------------------------------------------------------------------------


def _add_field(bench: Bench, given: Parameters) -> Files:
    kind = given.get("type", "")
    if kind not in TYPES or kind in UNDESIGNED:
        raise refuse(
            "malformed", "W206", "type", name="type", allowed=", ".join(sorted(set(TYPES) - UNDESIGNED))
        )
    label = given.get("label", "").strip() or TYPES[kind].label.get(bench.language)
    name = new_id(label, kind, bench.entity.fields)
    settings: dict[str, Any] = {"type": kind, "label": label}
    if kind in ("choice", "choices"):
        settings["options"] = {"a": {"label": "A"}, "b": {"label": "B"}}
    if kind in ("link", "links"):
        settings["to"] = next(each.id for each in bench.app.entities.values() if not each.parent)
    if kind == "serial":
        settings["parts"] = [{"count": 5}]
    if kind == "embed":
        settings["url"] = "https://www.example.com/"
    text = edit.add_key(bench.entity_text, ["fields"], name, settings, bench.entity_path)
    section = _section(bench, given.get("section", "") or bench.form.sections[-1].id)
    position = _position(given, len(section.fields))
    form = edit.insert_item(
        bench.form_text, ["sections", section.id, "fields"], position, name, bench.form_path
    )
    return {bench.entity_path: text, bench.form_path: form}


def new_id(label: str, kind: str, known: Mapping[str, Any]) -> str:
    """An id that is still free, made of the Latin letters of a label, or of the kind where it has none."""
    stem = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30]
    if not re.match(r"^[a-z]", stem):
        stem = kind
    candidate, number = stem, 2
    while candidate in known or candidate in RESERVED:
        candidate, number = f"{stem}_{number}", number + 1
    return candidate


RESERVED = frozenset(
    {
        "id",
        "version",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "deleted_at",
        "parent",
        "parent_id",
        "position",
    }
)


def _move_field(bench: Bench, given: Parameters) -> Files:
    field = _known_field(bench, given)
    target = _section(bench, given.get("section", ""))
    origin, index = _where(bench, field)
    text = bench.form_text
    item: Any = field
    position = _position(given, len(target.fields))
    if origin is not None:
        width = origin.fields[index].width
        item = {"field": field, "width": width} if width > 1 else field
        if origin.id == target.id:
            before = position if position < len(target.fields) else None
            return {
                bench.form_path: edit.move_key(
                    text, ["sections", origin.id, "fields", index], before, bench.form_path
                )
            }
        text = edit.remove_key(text, ["sections", origin.id, "fields", index], bench.form_path)
    text = edit.insert_item(text, ["sections", target.id, "fields"], position, item, bench.form_path)
    return {bench.form_path: text}


def _remove_field(bench: Bench, given: Parameters) -> Files:
    field = written_name(bench.field(_known_field(bench, given)))
    files: Files = {
        bench.entity_path: edit.remove_key(bench.entity_text, ["fields", field], bench.entity_path)
    }
    names = [field, *(each.id for each in joints_of(bench.entity.fields.values()).get(field, ()))]
    text = bench.form_text
    for section in bench.form.sections:
        places = [index for index, each in enumerate(section.fields) if each.field in names]
        for index in reversed(places):
            text = edit.remove_key(text, ["sections", section.id, "fields", index], bench.form_path)
    for index in reversed([at for at, each in enumerate(bench.form.facts) if each in names]):
        text = edit.remove_key(text, ["facts", index], bench.form_path)
    if text != bench.form_text:
        files[bench.form_path] = text
    return files


def _set_field(bench: Bench, given: Parameters) -> Files:
    name = _known_field(bench, given)
    known = bench.field(name)
    text = bench.entity_text
    path = ["fields", written_name(known)]
    text = _set_texts(text, path, "label", given, bench.entity_path)
    text = _set_texts(text, path, "help", given, bench.entity_path)
    for key in FLAG_PROPERTIES:
        if f"has_{key}" in given:
            text = _set(text, [*path, key], True if given.get(key) in ON else None, bench.entity_path)
    if "has_stored" in given or not given.get("formula", "-").strip():
        is_virtual = given.get("stored", "on") not in ON and bool(given.get("formula", "-").strip())
        text = _set(text, [*path, "stored"], False if is_virtual else None, bench.entity_path)
    for key in PLAIN_PROPERTIES:
        if key in given and key not in drawn(known.type):
            text = _set(text, [*path, key], _constant(given[key].strip()), bench.entity_path)
    for key in NUMBER_PROPERTIES:
        if key in given and (number := _whole(given[key].strip(), key)) != getattr(known, key):
            text = _set(text, [*path, key], number, bench.entity_path)
    targets = given.get("to", "").split()
    if targets:
        text = _set(text, [*path, "to"], targets if len(targets) > 1 else targets[0], bench.entity_path)
    if known.type == "serial":
        text = set_serial(text, path, given, bench.entity_path)
    text = set_settings(text, path, known, given, bench.entity_path)
    if "fill" in given:
        text = set_fill(text, path, given["fill"], bench.entity_path)
    if "options" in given:
        text = _set_options(text, path, given["options"], bench)
    files: Files = {bench.entity_path: text} if text != bench.entity_text else {}
    return files | _set_width(bench, name, given)


def _set_texts(text: str, path: list[str], key: str, given: Parameters, file: str) -> str:
    """Set the languages of a label; one that is the same everywhere and was one text stays one text."""
    wanted = {
        language: given[f"{key}_{language}"].strip()
        for language in ("zh", "en")
        if f"{key}_{language}" in given
    }
    if not wanted:
        return text
    present = edit.value_at(text, [*path, key], file)
    if isinstance(present, dict):
        for language, words in wanted.items():
            if present.get(language, "") != words:
                text = _set(text, [*path, key, language], words or None, file)
        return text
    spellings = set(wanted.values())
    if len(spellings) == 1:
        return _set(text, [*path, key], next(iter(spellings)) or None, file)
    if present is not None and all(each in ("", present) for each in wanted.values()):
        return text
    return _set(text, [*path, key], {language: each for language, each in wanted.items() if each}, file)


def _set(text: str, path: list[str], value: Any, file: str) -> str:
    present = edit.value_at(text, path, file)
    if value is None:
        return text if present is None else edit.remove_key(text, path, file)
    return text if present == value else edit.set_value(text, path, value, file)


def _constant(text: str) -> Any:
    """A bound or a default as it stands in a file: a plain number is one, everything else an expression."""
    if not text:
        return None
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else text


def _whole(text: str, name: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,6}", text):
        raise refuse("invalid", "W205", name, name=name, lowest=0, highest=999999)
    return int(text)


def _set_options(text: str, path: list[str], lines: str, bench: Bench) -> str:
    """Options from lines `id = label`: labels of the reader's language change, others stay, the order is that of the lines."""
    wanted: dict[str, str] = {}
    for line in lines.splitlines():
        name, _, label = line.partition("=")
        name, label = name.strip(), label.strip()
        if not name and not label:
            continue
        if not label:
            name, label = new_id(name, "option", wanted), name
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
            raise refuse("invalid", "W428", "options", name=name[:40])
        wanted[name] = label
    found = edit.value_at(text, [*path, "options"], bench.entity_path)
    present = found if isinstance(found, dict) else {}
    for name in [each for each in present if each not in wanted]:
        text = edit.remove_key(text, [*path, "options", name], bench.entity_path)
    for name, label in wanted.items():
        if name not in present:
            text = edit.set_value(text, [*path, "options", name], {"label": label}, bench.entity_path)
        else:
            text = _set_option_label(text, [*path, "options", name], label, bench)
    return edit.reorder(text, [*path, "options"], list(wanted), bench.entity_path)


def _set_option_label(text: str, path: list[str], label: str, bench: Bench) -> str:
    present = edit.value_at(text, [*path, "label"], bench.entity_path)
    if isinstance(present, dict):
        return _set(text, [*path, "label", bench.language], label, bench.entity_path)
    return _set(text, [*path, "label"], label, bench.entity_path)


def _set_width(bench: Bench, name: str, given: Parameters) -> Files:
    section, index = _where(bench, name)
    if "width" not in given or section is None:
        return {}
    width = max(1, min(_whole(given["width"].strip() or "1", "width") or 1, section.columns))
    if section.fields[index].width == width:
        return {}
    item: Any = {"field": name, "width": width} if width > 1 else name
    text = edit.set_value(bench.form_text, ["sections", section.id, "fields", index], item, bench.form_path)
    return {bench.form_path: text}


# -- sections -----------------------------------------------------------------------------------------------------------


def _add_section(bench: Bench, given: Parameters) -> Files:
    label = given.get("label", "").strip() or "…"
    name = new_id(label, "section", {each.id: each for each in bench.form.sections})
    value: Any = {"label": label, "columns": 2, "fields": []}
    return {bench.form_path: edit.add_key(bench.form_text, ["sections"], name, value, bench.form_path)}


def _set_section(bench: Bench, given: Parameters) -> Files:
    section = _section(bench, given.get("section", ""))
    path = ["sections", section.id]
    text = _set_texts(bench.form_text, path, "label", given, bench.form_path)
    if given.get("columns"):
        columns = max(1, min(_whole(given["columns"], "columns") or 1, 4))
        text = _set(text, [*path, "columns"], columns, bench.form_path)
    return {bench.form_path: text}


def _move_section(bench: Bench, given: Parameters) -> Files:
    section = _section(bench, given.get("section", ""))
    ids = [each.id for each in bench.form.sections]
    position = _position(given, len(ids))
    others = [each for each in ids if each != section.id]
    others.insert(min(position, len(others)), section.id)
    return {bench.form_path: edit.reorder(bench.form_text, ["sections"], others, bench.form_path)}


def _remove_section(bench: Bench, given: Parameters) -> Files:
    section = _section(bench, given.get("section", ""))
    if section.fields:
        raise refuse("invalid", "W429", "section")
    return {bench.form_path: edit.remove_key(bench.form_text, ["sections", section.id], bench.form_path)}


def _known_field(bench: Bench, given: Parameters) -> str:
    name = given.get("field", "")
    if name not in bench.entity.fields and name not in joints_of(bench.entity.fields.values()):
        raise refuse("missing", "W416", "field", name=name[:60])
    return name


def _section(bench: Bench, name: str) -> Section:
    for section in bench.form.sections:
        if section.id == name:
            return section
    raise refuse("missing", "W416", "section", name=name[:60])


def _where(bench: Bench, field: str) -> tuple[Section | None, int]:
    for section in bench.form.sections:
        for index, each in enumerate(section.fields):
            if each.field == field:
                return section, index
    return None, -1


def _position(given: Parameters, most: int) -> int:
    text = given.get("position", "")
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else most


def _add_view(bench: Bench, given: Parameters) -> Files:
    """A saved view of the list as it is filtered, with the columns of the view that it was filtered in."""
    label = given.get("label", "").strip()[:60] or "…"
    views = {each.id: each for each in bench.app.views[bench.entity.id]}
    text = bench.views_text or saved_views.BEGINNING
    name = new_id(label, "view", views)
    view = saved_views.written(
        label, views.get(given.get("view", "")), given.get("filter", ""), given.get("sort", "")
    )
    return {bench.views_path: edit.add_key(text, ["views"], name, view, bench.views_path)}


OPERATIONS: Mapping[str, Callable[[Bench, Parameters], Files]] = {
    "add_field": _add_field,
    "move_field": _move_field,
    "remove_field": _remove_field,
    "set_field": _set_field,
    "add_section": _add_section,
    "add_view": _add_view,
    "set_section": _set_section,
    "move_section": _move_section,
    "remove_section": _remove_section,
}
