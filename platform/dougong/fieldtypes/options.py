"""Finding an option by what people write: its id, or its label in any language."""

import unicodedata
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, nearest
from dougong.fieldtypes.base import Invalid
from dougong.fieldtypes.messages import both, shown
from dougong.fieldtypes.settings import Schema, described
from dougong.fieldtypes.texts import one_line
from dougong.model.field import Field, Option

COLOURS = ("slate", "azure", "violet", "ochre", "malachite", "vermilion")

SETTINGS: dict[str, Schema] = {
    "options": described(
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1000,
            "propertyNames": {"pattern": "^[a-z0-9][a-z0-9_]{0,39}$"},
            "additionalProperties": {
                "oneOf": [
                    {"$ref": "#/$defs/text"},
                    {
                        "type": "object",
                        "properties": {
                            "label": described({"$ref": "#/$defs/text"}, "名称", "Label"),
                            "colour": described({"enum": list(COLOURS)}, "颜色", "Colour"),
                        },
                        "additionalProperties": False,
                    },
                    {"type": "null"},
                ]
            },
        },
        "选项",
        "Options",
        description="id: label, or id: {label, colour}. The id is stored; the label may change.",
    )
}


OTHER: dict[str, Schema] = {
    "other": described(
        {"type": "boolean", "default": False},
        "可另外填写",
        "Takes another answer",
        description="A last option with a box for text; the text is kept as it is written.",
    )
}
LONGEST_OTHER = 200


@dataclass(frozen=True, slots=True)
class Index:
    """The options of a field, by id and by what people call them; a name of several options stands with all of them."""

    options: tuple[Option, ...]
    by_id: dict[str, Option]
    by_name: dict[str, tuple[str, ...]]
    order: dict[str, int]


_INDEXES: dict[int, Index] = {}


def index_of(options: tuple[Option, ...]) -> Index:
    """Return the index of a field's options, made once (the options of a compiled field never change)."""
    found = _INDEXES.get(id(options))
    if found is not None and found.options is options:
        return found
    if len(_INDEXES) > 5000:
        _INDEXES.clear()
    names: dict[str, list[str]] = {}
    for option in options:
        for name in {_folded(option.id), *(_folded(text) for _, text in option.label.texts)}:
            names.setdefault(name, []).append(option.id)
    index = Index(
        options,
        {option.id: option for option in options},
        {name: tuple(ids) for name, ids in names.items()},
        {option.id: number for number, option in enumerate(options)},
    )
    _INDEXES[id(options)] = index
    return index


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def takes_other(field: Field) -> bool:
    """Whether a text that is none of the options is taken as an answer."""
    return bool(field.extra.get("other", False))


def option_id(value: object, field: Field) -> str:
    """Return the id when it is one of the options; raise Invalid with the nearest one.

    Where another answer is taken, every other text is one; what names an option is that option.
    """
    index = index_of(field.options)
    if type(value) is str and value in index.by_id:
        return value
    if type(value) is str and takes_other(field):
        return written_option(value, field)
    raise unknown(value, field)


def is_named(text: str, index: Index) -> bool:
    """Whether a text is the id or the name of exactly one option."""
    return text in index.by_id or len(index.by_name.get(_folded(text), ())) == 1


def _another(text: str, field: Field) -> str:
    line = one_line(text)
    if line is None or len(line) > LONGEST_OTHER:
        raise Invalid("too_long", maximum=LONGEST_OTHER, length=len(text))
    return line


def value_schema(field: Field) -> Schema:
    """Return the JSON Schema of one value."""
    ids = [option.id for option in field.options]
    if takes_other(field):
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_OTHER, "examples": ids[:10]}
    return {"type": "string", "enum": ids}


def expression_options(field: Field) -> tuple[str, ...]:
    """Return the values that an expression may compare with; none are named where any text may be an answer."""
    return () if takes_other(field) else tuple(option.id for option in field.options)


def unknown(value: object, field: Field) -> Invalid:
    """Return the refusal of something that is no option."""
    ids = index_of(field.options).by_id
    close = nearest(shown(value), ids) if type(value) is str else ""
    hint = both("", "")
    if close:
        guess = close.split("'")[1]
        hint = both(f"，是不是“{guess}”？", f" ({close})")
    elif ids:
        some = ", ".join(list(ids)[:10]) + (", …" if len(ids) > 10 else "")
        hint = both(f"，可选：{some}", f"; possible are {some}")
    return Invalid("not_an_option", value=shown(value), hint=hint)


def written_option(text: str, field: Field) -> str:
    """Return the id of the option that a cell names by id or label; raise Invalid when there is none, or several."""
    index = index_of(field.options)
    if text in index.by_id:
        return text
    found = index.by_name.get(_folded(text), ())
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid("ambiguous_option", value=shown(text), options=", ".join(found))
    if takes_other(field):
        return _another(text, field)
    raise _unwritten(text, field)


def _unwritten(text: str, field: Field) -> Invalid:
    """The refusal of a cell that names no option, with the one that is nearly so called, or the labels that it could name."""
    if nearest(shown(text), index_of(field.options).by_id):
        return unknown(text, field)
    zh, en = ([cell_of(option.id, field, each) for option in field.options[:10]] for each in ("zh", "en"))
    more = ", …" if len(field.options) > 10 else ""
    hint = both(f"，可选：{'、'.join(zh)}{more}", f"; possible are {', '.join(en)}{more}")
    return Invalid("not_an_option", value=shown(text), hint=hint if zh else both("", ""))


def label_of(identifier: str, field: Field, language: str) -> str:
    """Return the label of an option, or its id when a later definition has dropped it."""
    option = index_of(field.options).by_id.get(identifier)
    return identifier if option is None else option.label.get(language) or identifier


def cell_of(identifier: str, field: Field, language: str) -> str:
    """Return the label when it means this option alone, else the id."""
    label = label_of(identifier, field, language)
    return label if index_of(field.options).by_name.get(_folded(label)) == (identifier,) else identifier


def check(field: Field) -> list[Diagnostic]:
    """Check that a label does not mean two options in the same language: imports and people could not tell them apart."""
    findings = []
    for language in ("zh", "en"):
        seen: dict[str, str] = {}
        for option in field.options:
            name = _folded(option.label.get(language))
            if name and seen.setdefault(name, option.id) != option.id:
                message = f"options '{seen[name]}' and '{option.id}' have the same label ({language})"
                findings.append(
                    Diagnostic(
                        "D463",
                        message,
                        f"options/{option.id}",
                        hint="give each option a label of its own",
                        parameters=(("first", seen[name]), ("second", option.id), ("language", language)),
                    )
                )
    return findings
