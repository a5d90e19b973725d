"""Physical names: from the ids of the definitions to identifiers that fit both databases and never collide.

Ids may hold single and double underscores, so plain joining is ambiguous (`a_b` + `c`, `a` + `b_c`). Plain ids are joined by two
underscores; whatever would be ambiguous or too long ends in `___` and a hash of the parts, which no plain name can contain.
"""

from __future__ import annotations

import hashlib
import re

LONGEST = 63
_HASH_LENGTH = 12
_PLAIN = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
POSTGRESQL_SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def table_name(key: str) -> str:
    """The table of an entity (`crm.opportunity`) or of the rows of a sub-table (`crm.opportunity/lines`)."""
    return _joined(re.split(r"[./]", key))


def links_name(key: str, field: str) -> str:
    """The table that holds the pairs of a field of type links."""
    return _joined([*key.split("."), field])


def search_name(key: str) -> str:
    """The full-text index of an entity."""
    return _marked(_joined(key.split(".")), "search")


def identity_name(app: str, kind: str, *uids: str) -> str:
    """The name of an index or constraint, made from identities that outlive renames: kind is ix, ux, fk or pk."""
    return _marked(_joined([app]), "_".join([kind, *uids]))


def id_sequence(table: str) -> str:
    """The PostgreSQL sequence that counts the ids of a table."""
    return _marked(table, "ids")


def tombstone_table(app: str, uid: str) -> str:
    """The name that a removed table keeps its rows under."""
    return _marked(_joined([app]), f"removed_{uid}")


def tombstone_column(uid: str, field: str) -> str:
    """The name that a removed column keeps its values under; field ids never begin with an underscore."""
    return _cut(f"_removed_{uid}_{field}")


def column_name(field: str) -> str:
    """The column of a field: its id, but for the few names that PostgreSQL keeps for itself."""
    return f"_own_{field}" if field in POSTGRESQL_SYSTEM_COLUMNS else _cut(field)


def _joined(parts: list[str]) -> str:
    plain = "__".join(parts)
    if all(_PLAIN.fullmatch(part) for part in parts):
        return _cut(plain)
    safe = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    return _hashed(safe, "\0".join(parts))


def _marked(name: str, mark: str) -> str:
    return _cut(f"{name}___{mark}")


def _cut(name: str) -> str:
    return name if len(name.encode()) <= LONGEST else _hashed(name, name)


def _hashed(name: str, identity: str) -> str:
    digest = hashlib.sha256(identity.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{name[: LONGEST - _HASH_LENGTH - 4]}___h{digest}"
