"""Drafts of an app's definitions: changed file by file, kept with the person, compiled on every look, published as a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from dougong.compiler import check_sources
from dougong.diagnostics import Diagnostic, Refusal
from dougong.model.app import App
from dougong.policy.offers import may_design
from dougong.records.call import Call
from dougong.storage import ledger
from dougong.storage.apply import apply_in
from dougong.storage.dependants import DRAFTS
from dougong.storage.ledger import Version
from dougong.storage.mends import NONE, Wishes
from dougong.storage.plan import Plan
from dougong.storage.plan import plan as plan_app
from dougong.storage.system import DRAFT
from dougong.web.catalogue import refuse

KIND = DRAFTS
MOST_UNDO = 100
LARGEST_FILE = 1024 * 1024
Sources = Mapping[str, str]
After = Callable[[Connection, Plan], None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's unpublished changes of an app: `files` holds the changed ones (None: removed), over the version `base`."""

    app: str
    installed: Sources
    files: Mapping[str, str | None]
    undo: tuple[Mapping[str, str | None], ...] = ()
    redo: tuple[Mapping[str, str | None], ...] = ()
    base: str = ""
    is_outdated: bool = False
    """Whether somebody has published since the draft was begun."""

    @property
    def sources(self) -> dict[str, str]:
        """All files as they are with the changes."""
        merged: dict[str, str | None] = {**self.installed, **self.files}
        return {path: text for path, text in sorted(merged.items()) if text is not None}

    @property
    def changed(self) -> tuple[str, ...]:
        """The paths of the files that differ from the installed version."""
        return tuple(path for path, text in sorted(self.files.items()) if self.installed.get(path) != text)


def refuse_unless_designer(call: Call, app: str) -> None:
    """Only who may design an app may see and change its files; an app that is not there yet is for administrators."""
    if app in call.release.apps:
        if not may_design(call.release, call.actor, app):
            raise refuse("forbidden", "W422")
    elif not (call.actor.is_admin and call.actor.has_scope("admin")):
        raise refuse("missing", "W404")


def load_draft(call: Call, app: str) -> Draft:
    """The actor's draft of an app, empty when there is none."""
    refuse_unless_designer(call, app)
    newest = ledger.present(call.connection, app) if app in call.release.apps else None
    installed = newest.sources if newest is not None else {}
    base = newest.hash if newest is not None else ""
    row = call.connection.execute(select(DRAFT).where(*_where(call.actor.id, app))).one_or_none()
    if row is None:
        return Draft(app, installed, {}, base=base)
    data = row.data
    return Draft(
        app,
        installed,
        data["files"],
        tuple(data["undo"]),
        tuple(data["redo"]),
        base,
        is_outdated=row.base != base,
    )


def _where(user_id: int, app: str) -> tuple[Any, ...]:
    return DRAFT.c.user_id == user_id, DRAFT.c.kind == KIND, DRAFT.c.app == app, DRAFT.c.key == ""


def change_files(call: Call, draft: Draft, files: Mapping[str, str | None]) -> Draft:
    """The draft with other texts for some files, saved; what they were can be had back by undo."""
    before = {path: draft.sources.get(path) for path in files}
    if all(before[path] == text for path, text in files.items()):
        return draft
    undo = (*draft.undo[-MOST_UNDO + 1 :], before)
    return _save(call, Draft(draft.app, draft.installed, {**draft.files, **files}, undo, (), draft.base))


def undo(call: Call, draft: Draft) -> Draft:
    """The draft before its last change."""
    if not draft.undo:
        return draft
    files = draft.undo[-1]
    now = {path: draft.sources.get(path) for path in files}
    return _save(
        call,
        Draft(
            draft.app,
            draft.installed,
            {**draft.files, **files},
            draft.undo[:-1],
            (*draft.redo, now),
            draft.base,
        ),
    )


def redo(call: Call, draft: Draft) -> Draft:
    """The draft with the change that was taken back last."""
    if not draft.redo:
        return draft
    files = draft.redo[-1]
    now = {path: draft.sources.get(path) for path in files}
    return _save(
        call,
        Draft(
            draft.app,
            draft.installed,
            {**draft.files, **files},
            (*draft.undo, now),
            draft.redo[:-1],
            draft.base,
        ),
    )


def discard(call: Call, app: str) -> None:
    """Throw the draft away."""
    refuse_unless_designer(call, app)
    call.connection.execute(delete(DRAFT).where(*_where(call.actor.id, app)))


def _save(call: Call, draft: Draft) -> Draft:
    data = {
        "files": dict(draft.files),
        "undo": [dict(each) for each in draft.undo],
        "redo": [dict(each) for each in draft.redo],
    }
    now = datetime.now(UTC)
    known = (
        update(DRAFT)
        .where(*_where(call.actor.id, draft.app))
        .values(data=data, base=draft.base, updated_at=now)
    )
    if not call.connection.execute(known).rowcount:
        row = {
            "user_id": call.actor.id,
            "kind": KIND,
            "app": draft.app,
            "key": "",
            "data": data,
            "base": draft.base,
        }
        call.connection.execute(insert(DRAFT).values(**row, created_at=now, updated_at=now))
    return draft


def compile_sources(call: Call, app: str, sources: Sources) -> App | list[Diagnostic]:
    """The app that some files make, beside the other installed apps, or every finding."""
    others = {name: each for name, each in call.release.recorded.items() if name != app}
    outcome = check_sources(sources, others, app)
    if isinstance(outcome, App) and outcome.id != app:
        raise refuse("invalid", "W423", "app.yaml", name=app, found=outcome.id)
    return outcome


def plan_sources(call: Call, app: str, sources: Sources, wishes: Wishes = NONE) -> Plan:
    """What publishing these files would do; refused with every finding when they are no app."""
    refuse_unless_designer(call, app)
    compiled = compile_sources(call, app, sources)
    if not isinstance(compiled, App):
        raise Refusal("invalid", compiled)
    made = plan_app(call.release.recorded.get(app), compiled, call.connection, wishes=wishes)
    return made if call.actor.is_admin else made.without_samples()


def publish(call: Call, plan: Plan, allow_loss: bool, note: str, afterwards: After) -> Version:
    """Do a plan that was made in this transaction, and forget the draft it came from."""
    version = apply_in(
        plan, call.connection, actor_id=call.actor.id, note=note, allow_loss=allow_loss, afterwards=afterwards
    )
    call.connection.execute(delete(DRAFT).where(*_where(call.actor.id, plan.app.id)))
    return version


def forget_published(connection: Connection, user_id: int, app: str, sources: Sources) -> None:
    """Forget the draft whose files were just published, unless it was changed while that went on."""
    where = _where(user_id, app)
    row = connection.execute(select(DRAFT.c.data).where(*where)).one_or_none()
    if row is None:
        return
    files: Mapping[str, str | None] = row.data["files"]
    if all(sources.get(path) == text for path, text in files.items()):
        connection.execute(delete(DRAFT).where(*where))
