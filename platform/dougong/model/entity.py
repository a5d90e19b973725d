"""An entity: one kind of record, its fields and the rules that hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dougong.diagnostics import Place
from dougong.model.expression import Expression
from dougong.model.field import Field
from dougong.model.text import EMPTY, Text
from dougong.model.unique import Unique


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline. `outcome` is "", won or lost; `colour` a stage slot 1–4; `share` how full its ring is (0–100)."""

    id: str
    label: Text
    probability: str = "0"
    outcome: str = ""
    require: tuple[str, ...] = ()
    allow_from: tuple[str, ...] | None = None
    """The stages from which one may come here; None means from any."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An ordered road of stages; the first stage is where a record begins."""

    id: str
    label: Text
    stages: tuple[Stage, ...]

    def stage(self, identifier: str) -> Stage | None:
        """The stage with that id, or nothing."""
        return next((stage for stage in self.stages if stage.id == identifier), None)


CREATE, UPDATE, DELETE = "create", "update", "delete"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over a whole record, for every door or for some: while `when` is true (or always, without it), it asks or does the rest.

    `check` must be true; one that comes out empty passes, as in SQL. `require`d fields must be filled. A field that rules `show`
    is hidden unless one of them applies, one that rules `hide` while one does. What is hidden need not be filled.
    `readonly` fields keep what they hold, `assign`ed ones get a value, `options` are the only ones that a choice may hold.
    `fields` are the fields the message is shown at. `is_warning`: a check that may be broken by whoever confirms `key`.
    """

    when: Expression | None = None
    require: tuple[str, ...] = ()
    check: Expression | None = None
    message: Text = EMPTY
    figures: tuple[tuple[str, Expression], ...] = ()
    """The wordings of the message that have expressions in braces, each with the expression that gives the whole."""
    fields: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()
    readonly: tuple[str, ...] = ()
    assign: tuple[tuple[str, Expression], ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    locks: bool = False
    """Whether the record that stands there, while it meets `when`, can neither be changed nor deleted."""
    is_warning: bool = False
    key: str = ""
    """What a warning is confirmed by."""
    on: frozenset[str] = frozenset({CREATE, UPDATE})
    """Whether it is about records that are created, changed or deleted; a deletion asks only checks."""
    doors: frozenset[str] = frozenset()
    """The doors at which it holds, as `Call.doors` names them; none stands for every door."""
    place: Place | None = field(default=None, compare=False)

    @property
    def asks(self) -> bool:
        """Whether records that are there already can break it."""
        always = UPDATE in self.on and not self.doors
        return always and not self.is_warning and bool(self.require or self.check)

    def concerns(self, act: str, doors: frozenset[str]) -> bool:
        """Whether it is about what is done (create, update or delete) at these doors."""
        return act in self.on and (not self.doors or not self.doors.isdisjoint(doors))


@dataclass(frozen=True, slots=True)
class Inverse:
    """The other end of a link: records of `entity` whose field `field` points at a record of this entity."""

    id: str
    label: Text
    app: str
    entity: str
    field: str
    many: bool = False
    """True when the field is of type links (m:n)."""

    @property
    def key(self) -> str:
        """`app.entity` of the related records."""
        return f"{self.app}.{self.entity}"


@dataclass(frozen=True, slots=True)
class Formerly:
    """Where the rows of an entity stood before, when a sub-table became an entity of its own or the other way round.

    `id` is the local id under which they stood (`quote/lines` or `line`), `link` the link field that holds, or held, the id of
    the record they belong to.
    """

    id: str
    link: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record. Embedded entities (rows of a sub-table) have `parent` set and live in `Entity.tables` too.

    `title` is a template of field ids in braces (`{number} {name}`); `title_parts` is the same, split:
    ("", "number", " ", "name", …) alternating constant text and field id.
    System columns every entity has besides its fields: id, created_at, created_by, updated_at, updated_by, version,
    deleted_at; an embedded entity has id, parent_id, position instead.
    """

    app: str
    id: str
    label: Text
    plural: Text
    fields: Mapping[str, Field]
    icon: str = "table"
    help: Text = EMPTY
    title: str = ""
    title_parts: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    unique: tuple[Unique, ...] = ()
    """Unique combinations, besides the fields that are unique by themselves."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """Column tuples (field ids and system columns) that lists, views, rules and links need; filled by the compiler. A column with
    `-` before it is read from the highest value down, empty ones last."""
    pipelines: Mapping[str, Pipeline] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    inverses: Mapping[str, Inverse] = field(default_factory=dict)
    owner: str = ""
    """The field of type member that says whose a record is; without one, records cannot be given to somebody else."""
    follow_owner: tuple[str, ...] = ()
    """The inverses whose records are given away together with a record, as far as they had the same owner."""
    computed: tuple[str, ...] = ()
    """Fields with a formula in the order in which they must be computed; a sub-table's id stands where its rows are."""
    begun: tuple[str, ...] = ()
    """Fields that get a value when nobody gives them one, by a default, a pipeline or a chosen record, each after what it reads."""
    settled: tuple[str, ...] = ()
    """Fields to which rules or hiding give a value, in the order in which that must be worked out; `lines/price` in rows."""
    parent: str = ""
    """For the rows of a sub-table: the key `app.entity` of the owner."""
    was: str = ""
    formerly: Formerly | None = None
    place: Place | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """`app.entity`, or `app.entity/field` for the rows of a sub-table: the key in `App.entities` and in a release."""
        return f"{self.app}.{self.id}"

    @property
    def hideable(self) -> frozenset[str]:
        """The fields that a rule may hide."""
        return frozenset(name for rule in self.rules for name in (*rule.show, *rule.hide))

    @property
    def stage_field(self) -> Field | None:
        """The first field of type stage, which the record's path and the kanban follow."""
        return next((each for each in self.fields.values() if each.type == "stage"), None)
