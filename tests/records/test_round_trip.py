"""Random values go through create, read, export and import, and come back as they were."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dougong.fieldtypes import TYPES
from dougong.records.create import create_many
from dougong.records.export import export
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.record import Record
from dougong_renderers.tables import WRITERS
from tests.records.conftest import Shop

C = "shop.customer"
SIGNS = "=+-@'\"; ,%&<>/\\{}()" + string.ascii_letters + string.digits + "量子計算é😀＝"
LINE = st.text(SIGNS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"name": LINE, "since": st.dates(date(1900, 3, 1), date(2999, 12, 31)).map(str)},
        optional={
            "grade": st.sampled_from(["gold", "silver", "bronze"]),
            "credit": st.decimals(-(10**13), 10**13, places=2).map(str),
            "active": st.booleans(),
            "seen_at": st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
                lambda moment: moment.replace(microsecond=0).isoformat()
            ),
            "visits": st.integers(0, 999),
            "tags": st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
            "notes": st.text(SIGNS + "\n\t", min_size=1, max_size=60).filter(lambda text: bool(text.strip())),
            "phone": st.from_regex(r"1[0-9]{10}", fullmatch=True),
        },
    ),
    min_size=1,
    max_size=5,
)


def everything(shop: Shop) -> list[Record]:
    with shop.reading() as call:
        return list(list_records(call, C, Query(sort="id", limit=1000)).rows)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(records=RECORDS, kind=st.sampled_from(["csv", "xlsx"]))
def test_what_goes_out_comes_in_again(
    shop: Shop, tmp_path: Path, records: list[dict[str, Any]], kind: str
) -> None:
    with shop.writing() as call:
        made = create_many(call, C, records)
    before = everything(shop)
    stored = {record.id: record for record in before}
    for identifier, values in zip(made, records, strict=True):
        for name, value in values.items():
            field = shop.release.entity(C).fields[name]
            assert stored[identifier].values[name] == TYPES[field.type].coerce(value, field)
    path = tmp_path / f"out.{kind}"
    with shop.reading() as call, path.open("wb") as target:
        WRITERS[kind](export(call, C, Query(sort="id")), target)
    again = run(
        shop.database, shop.release, shop.people["root"], C, path, Options("update", ("id",)), language="en"
    )
    assert (again.counts.unchanged, again.counts.total) == (len(before), len(before)), again.failures
    assert everything(shop) == before
