"""Views that people save of a list: their own, and those that others share with them. None shows more than its reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, delete, func, insert, or_, select, update

from dougong.diagnostics import Diagnostic, Refusal
from dougong.policy.offers import may_design, offered_views, roles_in
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.scope import condition
from dougong.records.view_settings import LONGEST_NAME, checked, checked_name, checked_sharing
from dougong.storage.statements import Statement, together
from dougong.storage.system import PREFERENCE, SAVED_VIEW, USER

MOST = 50
EVERYBODY = "*"
SETTINGS = ("filter", "sort", "columns", "kind", "group", "size")
"""What a view says of a list."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view of one person; `shared` are the roles that have it too, or everybody (`*`).

    `sort` is spelled as an address spells it, `size` 0 is the usual size of a page, and no columns are the usual ones.
    """

    id: int
    entity: str
    owner_id: int
    owner: str
    name: str
    filter: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    kind: str = "grid"
    group: str = ""
    size: int = 0
    shared: tuple[str, ...] = ()
    position: int = 0
    version: int = 1
    problems: tuple[Diagnostic, ...] = field(default=(), compare=False)
    """Why its filter cannot be read any more: it is kept for its owner, and shown to nobody else."""

    @property
    def is_shared(self) -> bool:
        """Whether others have it too."""
        return bool(self.shared)


# ------------------------------------------------------------------ reading
def saved_views(call: Call, key: str) -> tuple[SavedView, ...]:
    """The views that the actor has of an entity: own ones in their order, then those that others share."""
    open_door(call, key, "read")
    return _in_order(call, _statements(call.dialect)[0].rows(call.connection, _values(call, key)))


def views_to_begin(call: Call, key: str) -> tuple[tuple[SavedView, ...], str]:
    """The same, with the view that the list begins with for the actor, in one message to the database."""
    open_door(call, key, "read")
    values = _values(call, key)
    rows, chosen = together(call.connection, [(each, values) for each in _statements(call.dialect)])
    return _in_order(call, rows), _chosen(chosen)


def saved_view(call: Call, key: str, identifier: int) -> SavedView:
    """One of them; a view that is not the actor's and not shared with them is answered like one that does not exist."""
    found = next((each for each in saved_views(call, key) if each.id == identifier), None)
    if found is None:
        refuse("missing", call.language, "unknown_view", "view")
    return found


def _values(call: Call, key: str) -> dict[str, object]:
    return {"entity": key, "actor": call.actor.id, "preference": _preference(key)}


@lru_cache(maxsize=2)
def _statements(dialect: str) -> tuple[Statement, Statement]:
    """What asks for the views of an entity that an actor may have, and for the one that its list begins with."""
    views, actor = SAVED_VIEW.c, bindparam("actor", type_=BigInteger)
    columns = (views.id, views.entity, views.user_id, views.name, views.settings, views.shared)
    asked = (
        select(*columns, views.position, views.version, USER.c.name, USER.c.login)
        .join(USER, USER.c.id == views.user_id)
        .where(views.entity == bindparam("entity"), or_(views.user_id == actor, views.shared != ""))
        .order_by(views.position, views.id)
    )
    where = (PREFERENCE.c.user_id == actor, PREFERENCE.c.key == bindparam("preference"))
    return Statement(asked, dialect), Statement(select(PREFERENCE.c.value).where(*where), dialect)


def _in_order(call: Call, rows: Sequence[Sequence[Any]]) -> tuple[SavedView, ...]:
    found = [each for row in rows if (each := _offered(call, _view(row))) is not None]
    return tuple(sorted(found, key=lambda each: each.owner_id != call.actor.id))


def _view(row: Sequence[Any]) -> SavedView:
    identifier, entity, owner_id, name, settings, shared, position, version, owner, login = row
    kept = {**settings, "columns": tuple(settings.get("columns", ()))}
    return SavedView(
        identifier,
        entity,
        owner_id,
        owner or login,
        name,
        **kept,
        shared=tuple(shared.split(",")) if shared else (),
        position=position,
        version=version,
    )


def _offered(call: Call, view: SavedView) -> SavedView | None:
    """The view as the actor has it, or None. What it names and the actor may not read must not show by its being there."""
    own = view.owner_id == call.actor.id
    if not own and not _is_shared_with(call, view):
        return None
    if not view.filter:
        return view
    try:
        condition(call, view.entity, view.filter)
    except Refusal as refusal:
        return replace(view, problems=tuple(refusal.problems)) if own else None
    return view


def _is_shared_with(call: Call, view: SavedView) -> bool:
    if not view.shared:
        return False
    app = view.entity.partition(".")[0]
    if EVERYBODY in view.shared or may_design(call.release, call.actor, app):
        return True
    return any(role.id in view.shared for role in roles_in(call.release, call.actor, app))


def may_share(call: Call, key: str) -> bool:
    """Whether the actor may give views of an entity to others: who may design its app."""
    return may_design(call.release, call.actor, key.partition(".")[0])


def may_change(call: Call, view: SavedView) -> bool:
    """Whether the actor may change a view: its owner, and for one that is shared whoever may share."""
    return view.owner_id == call.actor.id or (view.is_shared and may_share(call, view.entity))


# ------------------------------------------------------------------ writing
def save_view(call: Call, key: str, given: Mapping[str, Any]) -> SavedView:
    """A new view of the actor: `name`, `shared` and what it says of the list."""
    open_door(call, key, "read")
    name = checked_name(call, given.get("name"))
    shared = _sharing(call, key, given.get("shared", ()))
    settings = checked(call, key, {each: given[each] for each in SETTINGS if each in given})
    own = (SAVED_VIEW.c.entity == key, SAVED_VIEW.c.user_id == call.actor.id)
    counted = select(func.count(), func.coalesce(func.max(SAVED_VIEW.c.position), 0)).where(*own)
    count, last = call.connection.execute(counted).one()
    if count >= MOST:
        refuse("invalid", call.language, "too_many_views", "name", limit=MOST)
    _refuse_twice(call, key, call.actor.id, name, 0)
    values = {"user_id": call.actor.id, "entity": key, "name": name, "settings": settings}
    values |= {"shared": ",".join(shared), "position": last + 1}
    values |= {"created_at": call.at, "updated_at": call.at}
    made = call.connection.execute(insert(SAVED_VIEW).values(**values).returning(SAVED_VIEW.c.id))
    return saved_view(call, key, made.scalar_one())


def change_view(
    call: Call, key: str, identifier: int, changes: Mapping[str, Any], if_version: int | None = None
) -> SavedView:
    """Change what is named; refused for somebody else's view, and when it is not of the version that is expected."""
    view = _changeable(call, key, identifier, if_version)
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = checked_name(call, changes["name"])
        _refuse_twice(call, key, view.owner_id, values["name"], view.id)
    if "shared" in changes:
        values["shared"] = ",".join(_sharing(call, key, changes["shared"], view))
    wanted = {each: changes[each] for each in SETTINGS if each in changes}
    if wanted:
        kept = {each: getattr(view, each) for each in SETTINGS}
        values["settings"] = kept | {"columns": list(view.columns)} | checked(call, key, wanted, view.group)
    if values:
        _write(call, view, values)
    return saved_view(call, key, identifier)


def remove_view(call: Call, key: str, identifier: int, if_version: int | None = None) -> None:
    """Delete a view."""
    view = _changeable(call, key, identifier, if_version)
    call.connection.execute(delete(SAVED_VIEW).where(SAVED_VIEW.c.id == view.id))


def duplicate_view(call: Call, key: str, identifier: int) -> SavedView:
    """A copy of a view for the actor alone, under a name of its own."""
    view = saved_view(call, key, identifier)
    own = [each.name for each in saved_views(call, key) if each.owner_id == call.actor.id]
    names = (view.name, *(f"{view.name[: LONGEST_NAME - 4]} {number}" for number in range(2, MOST + 2)))
    name = next((each for each in names if each not in own), view.name)
    settings = {each: getattr(view, each) for each in SETTINGS}
    return save_view(call, key, {**settings, "columns": list(view.columns), "name": name})


def move_view(call: Call, key: str, identifier: int, to: int) -> None:
    """Put an own view at a place among the own ones, counted from 0."""
    own = [each for each in saved_views(call, key) if each.owner_id == call.actor.id]
    moved = next((each for each in own if each.id == identifier), None)
    if moved is None:
        refuse("missing", call.language, "unknown_view", "view")
    rest = [each.id for each in own if each is not moved]
    rest.insert(max(0, min(to, len(rest))), moved.id)
    for place, each in enumerate(rest, start=1):
        call.connection.execute(update(SAVED_VIEW).where(SAVED_VIEW.c.id == each).values(position=place))


def _changeable(call: Call, key: str, identifier: int, if_version: int | None) -> SavedView:
    view = saved_view(call, key, identifier)
    if not may_change(call, view):
        refuse("forbidden", call.language, "view_of_another", "view")
    if if_version is not None and view.version != if_version:
        refuse("stale", call.language, "view_stale", "version")
    return view


def _write(call: Call, view: SavedView, values: Mapping[str, Any]) -> None:
    mine = and_(SAVED_VIEW.c.id == view.id, SAVED_VIEW.c.version == view.version)
    written = {**values, "updated_at": call.at, "version": view.version + 1}
    if not call.connection.execute(update(SAVED_VIEW).where(mine).values(**written)).rowcount:
        refuse("stale", call.language, "view_stale", "version")


def _refuse_twice(call: Call, key: str, owner: int, name: str, own: int) -> None:
    same = (SAVED_VIEW.c.entity == key, SAVED_VIEW.c.user_id == owner, SAVED_VIEW.c.name == name)
    found = call.connection.execute(select(SAVED_VIEW.c.id).where(*same, SAVED_VIEW.c.id != own)).first()
    if found is not None:
        refuse("invalid", call.language, "view_twice", "name", name=name)


def _sharing(call: Call, key: str, given: Any, view: SavedView | None = None) -> tuple[str, ...]:
    wanted = checked_sharing(call, key, given, EVERYBODY)
    if sorted(wanted) != sorted(view.shared if view is not None else ()) and not may_share(call, key):
        refuse("forbidden", call.language, "view_sharing", "shared")
    return wanted


# ------------------------------------------------------------------ the view a list begins with
def default_view(call: Call, key: str) -> str:
    """The id of the view with which the actor wants the list to begin; nothing where they never chose one."""
    return _chosen(_statements(call.dialect)[1].rows(call.connection, _values(call, key)))


def _chosen(rows: Sequence[Sequence[Any]]) -> str:
    return str(rows[0][0] or "") if rows else ""


def choose_default(call: Call, key: str, view: str) -> None:
    """Let the list begin with a view that the actor has; with nothing, as it begins for everybody."""
    open_door(call, key, "read")
    defined = [each.id for each in offered_views(call.release, call.actor, call.release.entity(key))]
    if view and view not in (*defined, *(str(each.id) for each in saved_views(call, key))):
        refuse("missing", call.language, "unknown_view", "view")
    where = (PREFERENCE.c.user_id == call.actor.id, PREFERENCE.c.key == _preference(key))
    call.connection.execute(delete(PREFERENCE).where(*where))
    if view:
        row = {"user_id": call.actor.id, "key": _preference(key), "value": view, "updated_at": call.at}
        call.connection.execute(insert(PREFERENCE).values(**row))


def _preference(key: str) -> str:
    return f"view:{key}"
