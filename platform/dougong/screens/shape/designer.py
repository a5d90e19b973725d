"""The browser designer of one entity's fields and form sections."""

from __future__ import annotations

from dataclasses import dataclass

from dougong.screens.shape.form import FormSection
from dougong.screens.shape.parts import Action, Link, Notice, Piece, Problem, Tab


@dataclass(frozen=True, slots=True)
class PaletteType:
    """A field type one may add; `icon` is a Tabler icon."""

    id: str
    label: str
    icon: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    """Field types of one kind."""

    label: str
    types: tuple[PaletteType, ...]


@dataclass(frozen=True, slots=True)
class DesignerEntity:
    """An entity of the app one may design."""

    id: str
    label: str
    href: str
    icon: str = "table"
    active: bool = False


@dataclass(frozen=True, slots=True)
class DesignerField:
    """A field on the canvas. `sample` is what its input would show; `href` selects it (its properties are
    shown at the right).
    """

    id: str
    label: str
    type: str
    type_label: str
    icon: str
    href: str
    width: int = 1
    required: bool = False
    computed: bool = False
    selected: bool = False
    sample: str = ""
    problems: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """For a sub-table: the labels of its columns."""
    changed: bool = False
    """Whether the draft changes it."""


@dataclass(frozen=True, slots=True)
class DesignerSection:
    """A section of the form on the canvas. `href` selects it."""

    id: str
    label: str
    columns: int
    fields: tuple[DesignerField, ...]
    selected: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class DesignerScreen:
    """The designer. Every change is a POST to `action` with `operation` and its parameters, and answers the
    screen again:

    add_field (type, section, position, label) · move_field (field, section, position) · remove_field
    (field) · set_field (field + the properties of the form) · add_section (label) · set_section (section,
    label, columns) · move_section (section, position) · remove_section (section) · undo · redo · discard.
    `properties` are the inputs of the selected field or section; they are sent with `hidden`. `draft` says
    how many changes wait ("" = none).
    """

    app: str
    title: str
    action: str
    sections: tuple[DesignerSection, ...]
    palette: tuple[PaletteGroup, ...]
    entities: tuple[DesignerEntity, ...] = ()
    tabs: tuple[Tab, ...] = ()
    back_href: str = "/"
    draft: str = ""
    unplaced: tuple[DesignerField, ...] = ()
    properties: tuple[FormSection, ...] = ()
    properties_title: str = ""
    properties_code: str = ""
    """The id or path of the selected thing, as formulas write it."""
    properties_form: tuple[tuple[str, str], ...] = ()
    """Hidden fields of the properties form: operation and field or section."""
    used_by: tuple[Link, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    actions: tuple[Action, ...] = ()
    """Publish (seal), preview, discard."""
    can_undo: bool = False
    can_redo: bool = False
    app_piece: Piece | None = None
    file_text: str = ""
    """The file this writes, for whoever wants it."""
    file_path: str = ""
