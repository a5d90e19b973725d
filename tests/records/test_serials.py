"""Serial numbers: parts, periods, groups, modes, what is given or taken already, and numbering again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dougong import assembly
from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.people import accounts
from dougong.people.actor import Actor, load_actor
from dougong.records.batch import Operation, batch
from dougong.records.call import Call
from dougong.records.create import create, create_many
from dougong.records.delete import delete, restore
from dougong.records.history import history
from dougong.records.import_ import run as run_import
from dougong.records.import_options import Options
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.renumber import preview, renumber
from dougong.records.update import update
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.drift import verify
from dougong.storage.install import install
from dougong.storage.plan import Plan, plan
from dougong.storage.release import releases_of
from dougong.storage.system import SEQUENCE
from tests.installed import open_database

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DEPARTMENT = """
label: Department
title: "{code}"
fields:
  code: {type: text, required: true, unique: true}
"""


class Office:
    """One database whose `letter` entity is defined anew by each test."""

    def __init__(self, database: Database) -> None:
        self.database = database
        install(database)
        with database.writing() as connection:
            root = accounts.add(connection, "root", name="Root", is_admin=True, language="en")
            ann = accounts.add(connection, "ann", name="Ann", roles=[("office", "owner")], language="en")
        with database.reading() as connection:
            self.root, self.ann = load_actor(connection, root), load_actor(connection, ann)

    def plan(self, number: str, more: str = "", app: str = "", entity: str = "letter") -> Plan:
        sources = {
            "app.yaml": f"id: office\nversion: 1.0.0\nlabel: Office\nlanguages: [en]\n{app}",
            "entities/department.yaml": DEPARTMENT,
            f"entities/{entity}.yaml": f"""
label: Letter
title: "{{subject}}"
fields:
  subject: {{type: text}}
  region: {{type: choice, options: {{east: East, west: West}}}}
  department: {{type: link, to: department}}
  size: {{type: integer}}
{f"  number: {number}" if number else ""}
{more}
""",
        }
        made = check_sources(sources)
        assert isinstance(made, App), "\n".join(str(each) for each in made)
        with self.database.reading() as connection:
            recorded = releases_of(self.database).recorded(connection, "office")
            return plan(recorded, made, connection)

    def publish(self, number: str, more: str = "", app: str = "", entity: str = "letter") -> None:
        made = self.plan(number, more, app, entity)
        apply(made, self.database, allow_loss=True, afterwards=assembly.after_apply)

    def call(self, connection: Any, at: datetime = AT, actor: Actor | None = None, **options: Any) -> Call:
        release = releases_of(self.database).current()
        return Call(release, connection, actor or self.root, "api", at, "en", "Asia/Shanghai", **options)

    def add(self, at: datetime = AT, key: str = "office.letter", **values: Any) -> Any:
        with self.database.writing() as connection:
            record = create(self.call(connection, at), key, values)
        return record.values.get("number", record.id)

    def numbers(self, key: str = "office.letter") -> list[str]:
        with self.database.reading() as connection:
            page = list_records(self.call(connection), key, Query(sort="id", limit=1000))
        return [row.values["number"] for row in page.rows]

    def is_sound(self) -> bool:
        with self.database.reading() as connection:
            found = verify(connection)
        assert not found, "\n".join(map(str, found))
        return True


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    database = open_database(database_url)
    yield Office(database)
    database.dispose()


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


# ------------------------------------------------------------------ periods, zones and groups
@pytest.mark.parametrize(
    ("reset", "form", "moments", "expected"),
    [
        ("day", "yyyyMMdd", ["2026-11-22T15:59", "2026-11-22T16:00"], ["20261122-1", "20261123-1"]),
        ("week", "yyyyMMdd", ["2026-11-22T15:00", "2026-11-22T17:00"], ["20261122-1", "20261123-1"]),
        ("week", "yyyyMMdd", ["2026-11-23T00:00", "2026-11-25T00:00"], ["20261123-1", "20261125-2"]),
        ("week", "YYYY-ww", ["2026-12-31T00:00", "2027-01-03T00:00"], ["2026-53-1", "2026-53-2"]),
        ("month", "yyMM", ["2026-11-30T15:59", "2026-11-30T16:00"], ["2611-1", "2612-1"]),
        ("year", "yyyy", ["2026-12-31T15:59", "2026-12-31T16:00"], ["2026-1", "2027-1"]),
        ("never", "yyyy", ["2026-12-31T15:59", "2026-12-31T16:00"], ["2026-1", "2027-2"]),
    ],
)
def test_counts_restart_at_the_border_of_a_period_in_the_time_zone_of_the_app(
    office: Office, reset: str, form: str, moments: list[str], expected: list[str]
) -> None:
    """The moments are of Greenwich, the app counts by Shanghai, the caller sits in New York."""
    office.publish(
        f'{{type: serial, parts: [{{date: {form}}}, "-", {{count: 1}}], reset: {reset}}}',
        app="timezone: Asia/Shanghai\n",
    )
    given = []
    for moment in moments:
        with office.database.writing() as connection:
            call = office.call(connection, day(moment))
            call = Call(call.release, connection, office.root, "api", call.at, "en", "America/New_York")
            given.append(create(call, "office.letter", {}).values["number"])
    assert given == expected


def test_groups_are_counted_separately_through_links_too(office: Office) -> None:
    office.publish(
        '{type: serial, parts: [{field: department.code}, "/", {field: region}, "/", {date: yyyyMM}, {count: 3}], '
        "reset: month, per: [department, region]}"
    )
    hr, it = (office.add(key="office.department", code=code) for code in ("HR", "IT"))
    assert office.add(department=hr, region="east") == "HR/east/202611001"
    assert office.add(department=it, region="east") == "IT/east/202611001"
    assert office.add(department=hr, region="west") == "HR/west/202611001"
    assert office.add(department=hr, region="east") == "HR/east/202611002"
    assert office.add(department=None, region=None) == "//202611001"
    assert office.add(day("2026-12-02T00:00"), department=hr, region="east") == "HR/east/202612001"
    with office.database.writing() as connection:
        letters = [{"department": each, "region": "west"} for each in (hr, it, hr, it)]
        create_many(office.call(connection), "office.letter", letters)
    assert office.numbers()[-4:] == [
        "HR/west/202611002",
        "IT/west/202611001",
        "HR/west/202611003",
        "IT/west/202611002",
    ]


def test_long_groups_are_counted_too_and_too_long_numbers_are_refused_without_a_gap(office: Office) -> None:
    office.publish('{type: serial, parts: [{field: subject}, "-", {count: 1}], per: [subject]}')
    long = "长" * 80
    assert office.add(subject=long) == f"{long}-1"
    assert office.add(subject=long) == f"{long}-2"
    with pytest.raises(Refusal) as refusal:
        office.add(subject="x" * 100)
    assert [(each.path, each.code) for each in refusal.value.problems] == [("number", "long_number")]
    assert office.add(subject="%_'\"") == "%_'\"-1"


def test_it_begins_where_it_should_and_grows(office: Office) -> None:
    office.publish('{type: serial, parts: ["A", {count: 2}, "Z"], start: 98}')
    assert [office.add() for _ in range(4)] == ["A98Z", "A99Z", "A100Z", "A101Z"]
    office.publish('{type: serial, parts: ["A", {count: 2}, "Z"], start: 500}')
    assert office.add() == "A500Z"
    office.publish('{type: serial, parts: ["A", {count: 2}, "Z"], start: 7}')
    assert office.add() == "A501Z"


def test_rows_of_sub_tables_are_numbered(office: Office) -> None:
    office.publish(
        "",
        """
  lines:
    type: table
    fields:
      what: {type: text}
      number: {type: serial, parts: ["L", {count: 2}]}
      shown: {type: text, formula: "CONCAT(number, ':', what)"}
""",
    )
    with office.database.writing() as connection:
        made = create(office.call(connection), "office.letter", {"lines": [{"what": "a"}, {"what": "b"}]})
        first = made.values["lines"][0]
        changed = update(
            office.call(connection),
            "office.letter",
            made.id,
            {"lines": [{"id": first["id"], "what": "c"}, {"what": "d"}]},
        )
    assert [row["shown"] for row in made.values["lines"]] == ["L01:a", "L02:b"]
    assert [row["shown"] for row in changed.values["lines"]] == ["L01:c", "L03:d"]
    assert office.is_sound()


def test_formulas_read_the_number_and_numbers_read_formulas(office: Office) -> None:
    office.publish(
        '{type: serial, parts: [{field: upper}, "-", {count: 2}]}',
        """
  upper: {type: text, formula: "UPPER(subject)"}
  shown: {type: text, formula: "CONCAT('<', number, '>')"}
""",
    )
    with office.database.writing() as connection:
        made = create(office.call(connection), "office.letter", {"subject": "abc"})
    assert made.values["shown"] == "<ABC-01>"


# ------------------------------------------------------------------ gaps
@pytest.mark.parametrize(("mode", "after"), [("gapless", "3"), ("fast", "5")])
def test_refused_and_rolled_back_records_leave_a_gap_only_where_it_was_declared(
    office: Office, mode: str, after: str
) -> None:
    """SQLite has a single writer, so that there fast numbers need not leave gaps either."""
    office.publish(
        f"{{type: serial, parts: [{{count: 1}}], mode: {mode}}}",
        "  must: {type: text, unique: true}",
    )
    assert [office.add(must="a"), office.add(must="b")] == ["1", "2"]
    with pytest.raises(Refusal):
        office.add(must="a")
    for _ in range(2):
        with office.database.writing() as connection:
            create(office.call(connection), "office.letter", {})
            connection.rollback()
    with office.database.writing() as connection:
        operations = [Operation("create", values={"must": must}) for must in ("c", "a", "d")]
        batch(office.call(connection), "office.letter", operations, atomic=False)
    first = after if office.database.dialect == "postgresql" else "3"
    assert office.numbers() == ["1", "2", first, str(int(first) + 1)]


def test_fast_numbers_do_not_wait_for_an_open_transaction(office: Office) -> None:
    if office.database.dialect == "sqlite":
        return  # a single writer at a time is what SQLite is
    office.publish("{type: serial, parts: [{count: 1}], mode: fast}")
    with office.database.writing() as first, office.database.writing() as second:
        held = create(office.call(first), "office.letter", {})
        other = create(office.call(second), "office.letter", {})
    assert (held.values["number"], other.values["number"]) == ("1", "2")


# ------------------------------------------------------------------ never twice
def test_numbers_of_deleted_records_are_kept(office: Office) -> None:
    office.publish("{type: serial, parts: [{count: 1}]}")
    with office.database.writing() as connection:
        call = office.call(connection)
        made = [create(call, "office.letter", {}) for _ in range(2)]
        delete(call, "office.letter", made[1].id)
        assert create(call, "office.letter", {}).values["number"] == "3"
        assert restore(call, "office.letter", made[1].id).values["number"] == "2"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # another period: the counter is new, the numbers of the old ones are not
        ("reset: month", "reset: never", "N202611-4"),
        ("reset: never", "reset: month", "N202611-4"),
        ("reset: month", "reset: year", "N202611-4"),
        ("reset: day", "reset: week", "N202611-4"),
    ],
)
def test_a_new_rule_goes_on_after_the_numbers_that_exist(
    office: Office, before: str, after: str, expected: str
) -> None:
    form = "yyyyMMdd" if "day" in before else "yyyyMM"
    office.publish(f'{{type: serial, parts: ["N", {{date: {form}}}, "-", {{count: 1}}], {before}}}')
    for _ in range(3):
        office.add()
    office.publish(f'{{type: serial, parts: ["N", {{date: {form}}}, "-", {{count: 1}}], {after}}}')
    assert office.add() == expected.replace("202611", "20261122" if form == "yyyyMMdd" else "202611")


def test_a_renamed_entity_and_field_go_on_counting(office: Office) -> None:
    office.publish('{type: serial, parts: ["N", {count: 1}]}')
    office.add()
    office.publish("", "  code: {type: serial, parts: [N, {count: 1}], was: number}")
    with office.database.writing() as connection:
        assert create(office.call(connection), "office.letter", {}).values["code"] == "N2"
    office.publish("", "  code: {type: serial, parts: [N, {count: 1}]}\nwas: letter", entity="mail")
    with office.database.writing() as connection:
        assert create(office.call(connection), "office.mail", {}).values["code"] == "N3"


def test_numbers_that_look_alike_are_passed_over(office: Office) -> None:
    """'a1' and '1' give the same number as 'a' and '11': the later one takes the next that is free."""
    office.publish("{type: serial, parts: [{field: subject}, {count: 1}], per: [subject]}")
    for subject, count in (("a", 10), ("a1", 12)):
        for _ in range(count):
            office.add(subject=subject)
    assert office.numbers() == [
        *(f"a{count}" for count in range(1, 11)),
        *(f"a1{count}" for count in range(1, 13)),
    ]
    assert [office.add(subject="a") for _ in range(2)] == ["a20", "a21"]
    with office.database.writing() as connection:
        create_many(office.call(connection), "office.letter", [{"subject": "a"} for _ in range(100)])
    numbers = office.numbers()
    assert len(set(numbers)) == len(numbers) == 124
    assert office.is_sound()


# ------------------------------------------------------------------ new fields and numbering again
def test_a_new_serial_field_numbers_old_records_as_they_were_created(office: Office) -> None:
    office.publish("")
    for subject, at in [
        ("late", "2026-11-03T00:00"),
        ("early", "2026-10-01T00:00"),
        ("last", "2026-11-20T00:00"),
    ]:
        office.add(day(at), subject=subject)
    with office.database.writing() as connection:
        call = office.call(connection)
        delete(
            call,
            "office.letter",
            list_records(call, "office.letter", Query(filter="subject = 'late'")).rows[0].id,
        )
    rule = '{type: serial, parts: [{date: yyyyMM}, "-", {count: 2}], reset: month}'
    shown = "  shown: {type: text, formula: \"CONCAT('<', number, '>')\"}"
    told = office.plan(rule, shown).describe("en")
    assert (
        "office.letter: add serial number number; existing records are numbered as they were created, 3 rows"
        in told
    )
    office.publish(rule, shown)
    with office.database.reading() as connection:
        page = list_records(office.call(connection), "office.letter", Query(sort="created_at"))
    assert [
        (row.values["subject"], row.values["number"], row.values["shown"], row.version) for row in page.rows
    ] == [
        ("early", "202610-01", "<202610-01>", 1),
        ("last", "202611-02", "<202611-02>", 1),
    ]
    assert office.add(day("2026-11-25T00:00")) == "202611-03"
    assert office.plan(rule, shown).is_empty
    assert office.is_sound()


def test_a_text_field_becomes_a_serial_number_and_only_gaps_are_filled(office: Office) -> None:
    office.publish("{type: text}")
    office.add(number="N7")
    office.add(number="old")
    office.add()
    office.publish('{type: serial, parts: ["N", {count: 1}]}')
    assert office.numbers() == ["N7", "old", "N8"]
    assert office.add() == "N9"


def test_numbering_again_is_shown_first_and_stands_in_the_history(office: Office) -> None:
    office.publish(
        '{type: serial, parts: ["N", {count: 1}]}', "  shown: {type: text, formula: \"CONCAT(number, '!')\"}"
    )
    with office.database.writing() as connection:
        call = office.call(connection)
        made = [
            create(call, "office.letter", {"region": region}).id
            for region in ("east", "west", "east", "west")
        ]
        delete(call, "office.letter", made[2])
    rule = '{type: serial, parts: [{field: region}, "-", {count: 2}], per: [region], start: 5}'
    office.publish(rule, "  shown: {type: text, formula: \"CONCAT(number, '!')\"}")
    with office.database.reading() as connection:
        found = preview(office.call(connection), "office.letter", "number")
    assert found.records == 4
    assert [(each.id, each.before, each.after) for each in found.first] == [
        (made[0], "N1", "east-05"),
        (made[1], "N2", "west-05"),
        (made[2], "N3", "east-06"),
        (made[3], "N4", "west-06"),
    ]
    assert office.numbers() == ["N1", "N2", "N4"]
    with office.database.writing() as connection:
        done = renumber(office.call(connection, batch="again"), "office.letter", "number")
    assert done == found
    with office.database.reading() as connection:
        call = office.call(connection)
        record = read(call, "office.letter", made[0])
        [entry, *_] = history(call, "office.letter", made[0]).entries
    assert (record.values["shown"], record.version) == ("east-05!", 2)
    assert entry.batch == "again"
    assert tuple(entry.changes["number"]) == ("N1", "east-05")
    assert office.add(region="east") == "east-07"
    with office.database.reading() as connection:
        assert not preview(office.call(connection), "office.letter", "number").changed
    assert office.is_sound()


def test_numbering_again_moves_numbers_among_each_other(office: Office) -> None:
    office.publish("{type: serial, parts: [{count: 1}]}")
    for moment in ("2026-11-03T00:00", "2026-11-02T00:00", "2026-11-01T00:00"):
        office.add(day(moment))
    with office.database.writing() as connection:
        renumber(office.call(connection), "office.letter", "number")
    assert office.numbers() == ["3", "2", "1"]


def test_numbering_again_is_for_admins_and_for_serial_numbers(office: Office) -> None:
    office.publish("{type: serial, parts: [{count: 1}]}")
    for actor, key, name, kind in [
        (office.ann, "office.letter", "number", "forbidden"),
        (office.root, "office.letter", "subject", "missing"),
        (office.root, "office.letter", "nothing", "missing"),
        (office.root, "office.nothing", "number", "missing"),
    ]:
        with pytest.raises(Refusal) as refusal, office.database.writing() as connection:
            renumber(office.call(connection, actor=actor), key, name)
        assert refusal.value.kind == kind


def test_two_counters_are_never_confused(office: Office) -> None:
    """A field whose name begins like another one's keeps its counter when the other is numbered again."""
    office.publish("{type: serial, parts: [{count: 1}]}", "  number2: {type: serial, parts: [B, {count: 1}]}")
    office.add()
    with office.database.writing() as connection:
        renumber(office.call(connection), "office.letter", "number")
        names = set(connection.execute(select(SEQUENCE.c.name)).scalars())
    assert {"serial:office.letter:number:", "serial:office.letter:number2:"} <= names


# ------------------------------------------------------------------ numbers that a file brings along
def test_an_admin_may_import_records_with_their_numbers(office: Office, tmp_path: Path) -> None:
    """The counters move past them; a number that stands, or one of another form, is no matter."""
    office.publish('{type: serial, parts: ["N", {date: yyyyMM}, "-", {count: 2}], reset: month}')
    office.add()
    file = tmp_path / "letters.csv"
    file.write_text(
        "subject,number\na,N202611-07\nb,old 12\nc,\nd,N202611-01\ne,N202611-05\nf,N202510-99\n"
        f"g,{'x' * 101}\n",
        "utf-8",
    )
    release = releases_of(office.database).current()
    options = Options(keep_numbers=True)
    done = run_import(office.database, release, office.root, "office.letter", file, options, language="en")
    assert (done.counts.added, done.counts.failed) == (5, 2)
    assert [(each.line, [found.code for found in each.problems]) for each in done.failures] == [
        (5, ["unique"]),
        (8, ["too_long"]),
    ]
    assert office.numbers() == [
        "N202611-01",
        "N202611-07",
        "old 12",
        "N202611-08",
        "N202611-05",
        "N202510-99",
    ]
    assert office.add() == "N202611-09"
    assert office.is_sound()
    with pytest.raises(Refusal) as refusal:
        run_import(office.database, release, office.ann, "office.letter", file, options)
    assert [each.code for each in refusal.value.problems] == ["admin_only"]


def test_without_that_setting_numbers_of_a_file_are_left_alone(office: Office, tmp_path: Path) -> None:
    office.publish('{type: serial, parts: ["N", {count: 1}]}')
    file = tmp_path / "letters.csv"
    file.write_text("subject,number\na,N7\n", "utf-8")
    release = releases_of(office.database).current()
    done = run_import(office.database, release, office.root, "office.letter", file, Options())
    assert (done.counts.added, office.numbers()) == (1, ["N1"])
