"""Physical names: short enough for PostgreSQL, never the same for two things, safe whatever an id is called."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.storage import names

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)


def test_plain_names_can_be_read() -> None:
    assert names.table_name("crm.opportunity") == "crm__opportunity"
    assert names.table_name("crm.opportunity/lines") == "crm__opportunity__lines"
    assert names.links_name("crm.opportunity", "collaborators") == "crm__opportunity__collaborators"
    assert names.search_name("crm.opportunity") == "crm__opportunity___search"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a_b.c", "a.b_c"),
        ("a__b.c", "a.b__c"),
        ("a_.b", "a._b"),
        ("a.b_", "a.b__"),
        ("a.b/c", "a.b__c"),
        ("a.b___search", "a.b_search"),
    ],
)
def test_ambiguous_ids_do_not_meet(one: str, other: str) -> None:
    assert names.table_name(one) != names.table_name(other)


@given(st.tuples(IDS, IDS, IDS | st.none()), st.tuples(IDS, IDS, IDS | st.none()))
def test_different_things_have_different_names(
    one: tuple[str, str, str | None], other: tuple[str, str, str | None]
) -> None:
    if one == other:
        return
    made = [_names(each) for each in (one, other)]
    assert not made[0] & made[1]


def test_all_short_combinations_of_underscores_differ() -> None:
    parts = [f"a{tail}{end}" for tail, end in product(("", "_", "__", "___", "_b", "__b"), ("", "_", "c"))]
    keys = {f"{one}.{two}" for one, two in product(parts, parts)} | {
        f"a.{one}/{two}" for one, two in product(parts, parts)
    }
    everything = [name for key in sorted(keys) for name in (names.table_name(key), names.search_name(key))]
    assert len(everything) == len(set(everything))


@given(IDS, IDS, IDS)
def test_every_name_fits(app: str, entity: str, field: str) -> None:
    key = f"{app}.{entity}"
    made = [
        names.table_name(f"{key}/{field}"),
        names.links_name(key, field),
        names.search_name(key),
        names.id_sequence(names.table_name(key)),
        names.identity_name(app, "ix", "t99999", *(f"c{each}" for each in range(99990, 99999))),
        names.tombstone_column("r99999", field),
        names.tombstone_table(app, "r99999"),
        names.column_name(field),
    ]
    assert all(len(each.encode()) <= names.LONGEST for each in made)


def test_columns_keep_clear_of_what_postgresql_reserves() -> None:
    assert names.column_name("amount") == "amount"
    for each in names.POSTGRESQL_SYSTEM_COLUMNS:
        assert names.column_name(each) != each


def _names(parts: tuple[str, str, str | None]) -> set[str]:
    app, entity, field = parts
    if field is None:
        return {names.table_name(f"{app}.{entity}"), names.search_name(f"{app}.{entity}")}
    return {names.table_name(f"{app}.{entity}/{field}")}
