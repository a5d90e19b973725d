"""Comments on records: written by whoever may read the record, naming people with @."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, or_, select

from dougong.records.absent import refuse_absent
from dougong.records.call import Call
from dougong.records.doors import open_door
from dougong.records.messages import refuse
from dougong.records.record import MEMBER
from dougong.records.selection import is_storable, stands
from dougong.records.titles import find_titles
from dougong.storage.system import COMMENT, NOTIFICATION, USER

LONGEST = 10_000
MOST = 500
_MENTION = re.compile(r"(?<![\w.])@([^\s@,，。;；:：!！?？、()（）]{1,100})")
_MOST_MENTIONS = 50


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment; `mentions` are the ids of the people it names."""

    id: int
    at: datetime
    author_id: int | None
    author: str
    text: str
    mentions: tuple[int, ...]
    answers: int | None


def list_comments(call: Call, key: str, identifier: int) -> list[Comment]:
    """The comments on a record that the actor may read, oldest first."""
    _check_readable(call, key, identifier)
    statement = (
        select(COMMENT)
        .where(COMMENT.c.entity == key, COMMENT.c.record_id == identifier, COMMENT.c.deleted_at.is_(None))
        .order_by(COMMENT.c.id)
        .limit(MOST)
    )
    rows = list(call.connection.execute(statement).mappings())
    names = find_titles(call, {MEMBER: {row["author_id"] for row in rows if row["author_id"]}})
    return [_comment(row, names.get((MEMBER, row["author_id"]), "")) for row in rows]


def _comment(row: RowMapping, author: str) -> Comment:
    values = {name: row[name] for name in ("id", "at", "author_id", "text", "answers")}
    return Comment(**values, author=author, mentions=tuple(row["mentions"] or ()))


def add_comment(call: Call, key: str, identifier: int, text: str, answers: int | None = None) -> Comment:
    """Add a comment and notify the people it names; it answers another comment of the same record, if one is given."""
    _check_readable(call, key, identifier)
    cleaned = text.strip() if isinstance(text, str) else ""
    if not cleaned or not is_storable(cleaned):
        refuse("invalid", call.language, "empty_comment", "text")
    if len(cleaned) > LONGEST:
        refuse("invalid", call.language, "long_comment", "text", limit=LONGEST)
    if answers is not None and answers not in {
        comment.id for comment in list_comments(call, key, identifier)
    }:
        refuse("invalid", call.language, "not_found", "answers")
    mentions = mentioned(call, cleaned)
    row = {
        "entity": key,
        "record_id": identifier,
        "at": call.at,
        "author_id": call.actor.id,
        "text": cleaned,
        "mentions": list(mentions),
        "answers": answers,
    }
    identity = call.connection.execute(insert(COMMENT).values(row).returning(COMMENT.c.id)).scalar_one()
    _notify(call, key, identifier, identity, mentions)
    return Comment(identity, call.at, call.actor.id, call.actor.name, cleaned, tuple(mentions), answers)


def mentioned(call: Call, text: str) -> list[int]:
    """The ids of the active people whose login or name follows an @, each once, in their order; a name that two share is nobody's."""
    words = list(dict.fromkeys(_MENTION.findall(text)))[:_MOST_MENTIONS]
    if not words:
        return []
    statement = select(USER.c.id, USER.c.login, USER.c.name).where(
        or_(USER.c.login.in_(words), USER.c.name.in_(words)), USER.c.disabled_at.is_(None)
    )
    by_login: dict[str, int] = {}
    by_name: dict[str, list[int]] = {}
    for identifier, login, name in call.connection.execute(statement):
        by_login[login] = identifier
        by_name.setdefault(name, []).append(identifier)
    found = [
        by_login.get(word) or (by_name[word][0] if len(by_name.get(word, ())) == 1 else None)
        for word in words
    ]
    return list(dict.fromkeys(each for each in found if each is not None))


def _notify(call: Call, key: str, identifier: int, comment: int, people: Sequence[int]) -> None:
    rows = [
        {
            "user_id": person,
            "at": call.at,
            "kind": "mention",
            "entity": key,
            "record_id": identifier,
            "data": {"comment": comment, "by": call.actor.id},
        }
        for person in people
        if person != call.actor.id
    ]
    if rows:
        call.connection.execute(insert(NOTIFICATION), rows)


def _check_readable(call: Call, key: str, identifier: int) -> None:
    shape = open_door(call, key, "read")
    if not stands(call, shape, identifier):
        refuse_absent(call, key, identifier)
