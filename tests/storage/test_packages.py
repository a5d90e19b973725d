"""Packed apps: out of one database, into another, and upgraded under local changes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.model.app import App
from dougong.storage import ledger
from dougong.storage.apply import apply
from dougong.storage.database import Database
from dougong.storage.install import install
from dougong.storage.packages import (
    MANIFEST,
    Package,
    conflict_lines,
    package_of,
    plan_install,
    plan_upgrade,
    read_package,
    write_package,
)
from dougong.storage.plan import plan
from dougong.storage.release import releases_of

APP = "id: loans\nversion: {version}\nlabel: {{en: Loans, zh: 借阅}}\nlanguages: [zh, en]\n"
BOOK = """# what we lend
label: {en: Book, zh: 图书}
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 80}  # the title page
  pages: {type: integer}
"""


def sources(version: str = "1.0.0", book: str = BOOK, **more: str) -> dict[str, str]:
    return {"app.yaml": APP.format(version=version), "entities/book.yaml": book, **more}


def package(version: str = "1.0.0", book: str = BOOK) -> Package:
    return Package("loans", version, sources(version, book))


class Place:
    """One database that apps are installed in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @property
    def installed(self) -> Mapping[str, App]:
        return releases_of(self.database).current().recorded

    def install(self, found: Package) -> None:
        with self.database.reading() as connection:
            planned = plan_install(found, self.installed, connection)
        apply(planned, self.database)

    def change(self, **changed: str) -> None:
        """A local change, as the designer makes it."""
        recorded = self.installed["loans"]
        new = check_sources({**recorded.sources, **changed}, {}, "loans")
        assert isinstance(new, App), new
        with self.database.reading() as connection:
            planned = plan(recorded, new, connection)
        apply(planned, self.database)

    def upgrade(self, found: Package) -> list[str]:
        with self.database.reading() as connection:
            upgrade = plan_upgrade(found, self.installed, connection)
        apply(upgrade.plan, self.database, allow_loss=True)
        return list(conflict_lines(upgrade.conflicts))

    def template_version(self) -> object:
        with self.database.reading() as connection:
            newest = ledger.present(connection, "loans")
        assert newest is not None
        assert newest.template is not None
        return newest.template["version"]


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    database = Database(database_url)
    install(database)
    yield Place(database)
    database.dispose()


def packed(found: Package) -> bytes:
    target = io.BytesIO()
    write_package(found, target)
    return target.getvalue()


def test_what_is_packed_is_installed_elsewhere_the_same(place: Place) -> None:
    place.install(read_package(io.BytesIO(packed(package()))))
    assert place.installed["loans"].sources == sources()
    assert read_package(io.BytesIO(packed(package_of(place.installed["loans"])))) == package()


def test_the_same_app_gives_the_same_bytes() -> None:
    assert packed(package()) == packed(package())


def test_an_upgrade_keeps_local_changes_with_their_comments(place: Place) -> None:
    place.install(package())
    place.change(**{"entities/book.yaml": BOOK.replace("max_length: 80", "max_length: 200")})
    assert place.template_version() == "1.0.0"
    newer = package("1.1.0", BOOK + "  shelf: {type: text}\n")
    assert place.upgrade(newer) == []
    fields = place.installed["loans"].entities["book"].fields
    assert list(fields) == ["name", "pages", "shelf"]
    assert fields["name"].max_length == 200
    assert "# the title page" in place.installed["loans"].sources["entities/book.yaml"]
    assert place.template_version() == "1.1.0"


def test_where_both_sides_changed_the_local_one_is_kept_and_named(place: Place) -> None:
    place.install(package())
    place.change(**{"entities/book.yaml": BOOK.replace("max_length: 80", "max_length: 200")})
    kept = place.upgrade(package("1.1.0", BOOK.replace("max_length: 80", "max_length: 120")))
    assert kept == ["entities/book.yaml: fields/name/max_length"]
    assert place.installed["loans"].entities["book"].fields["name"].max_length == 200


def test_a_local_file_survives_an_upgrade(place: Place) -> None:
    place.install(package())
    place.change(
        **{
            "entities/reader.yaml": 'label: {en: Reader, zh: 读者}\ntitle: "{name}"\nfields: {name: {type: text}}\n'
        }
    )
    place.upgrade(package("1.1.0"))
    assert set(place.installed["loans"].entities) == {"book", "reader"}


def test_installing_twice_and_upgrading_what_is_not_there_are_refused(place: Place) -> None:
    with place.database.reading() as connection, pytest.raises(Refusal, match="P160"):
        plan_upgrade(package(), {}, connection)
    place.install(package())
    with pytest.raises(Refusal, match="installed already"):
        place.install(package("2.0.0"))


def test_an_app_that_never_came_from_a_package_cannot_be_upgraded(place: Place) -> None:
    new = check_sources(sources(), {}, "loans")
    assert isinstance(new, App)
    with place.database.reading() as connection:
        planned = plan(None, new, connection)
    apply(planned, place.database)
    with place.database.reading() as connection, pytest.raises(Refusal, match="not installed from a package"):
        plan_upgrade(package("1.1.0"), place.installed, connection)


def test_a_package_that_does_not_compile_answers_with_every_finding(place: Place) -> None:
    broken = package(book=BOOK.replace("integer", "integr").replace("required: true", "required: yes"))
    with pytest.raises(Refusal) as refused:
        place.install(broken)
    places = [str(each.place) for each in refused.value.problems]
    assert places == ["loans/entities/book.yaml:5:32", "loans/entities/book.yaml:6:17"]
    assert place.installed == {}


@contextmanager
def archive(**files: bytes) -> Iterator[io.BytesIO]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    target.seek(0)
    yield target


@pytest.mark.parametrize(
    "manifest",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format": 1, "app": "loans"}',
        b'{"format": "1", "app": "a", "version": "1"}',
        b"\xff",
    ],
)
def test_an_archive_that_is_no_package_is_refused(manifest: bytes) -> None:
    with archive(**{MANIFEST: manifest}) as made, pytest.raises(Refusal, match="no packed app"):
        read_package(made)


def test_other_formats_and_binary_files_are_refused() -> None:
    with archive(**{"app.yaml": b"id: x"}) as made, pytest.raises(Refusal, match="no packed app"):
        read_package(made)
    with (
        archive(**{MANIFEST: b'{"format": 2, "app": "a", "version": "1"}'}) as made,
        pytest.raises(Refusal, match="format 2"),
    ):
        read_package(made)
    good = b'{"format": 1, "app": "a", "version": "1"}'
    with (
        archive(**{MANIFEST: good, "app.yaml": b"\xff\xfe"}) as made,
        pytest.raises(Refusal, match="no UTF-8"),
    ):
        read_package(made)


def test_a_package_may_not_pose_as_another_app(place: Place) -> None:
    with pytest.raises(Refusal, match="no packed app"):
        place.install(Package("other", "1.0.0", sources()))
