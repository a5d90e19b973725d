"""A link to one of several entities: one of them is filled, every target has its list, its rule of deletion and its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.records.choose import choose
from dougong.records.delete import delete, restore
from dougong.records.import_ import Options, run
from dougong.records.query import Query, list_records
from dougong.records.read import read
from dougong.records.related import related
from dougong.storage.drift import verify
from tests.structure.conftest import Park
from tests.structure.park import SOURCES


def test_one_of_them_is_filled(park: Park) -> None:
    site, tool = park.add("site", name="Lake"), park.add("tool", name="saw")
    note = park.add("note", text="a", about_tool=tool)
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "Choose one of: About · Site, About · Tool, About · Job"),
        (
            {"about_site": site, "about_tool": tool},
            "Choose only one of: About · Site, About · Tool, About · Job",
        ),
    )
    for given, message in cases:
        with pytest.raises(Refusal) as caught:
            park.add("note", text="b", **given)
        assert {each.message for each in caught.value.problems} == {message}
        assert {each.path for each in caught.value.problems} == {"about_site", "about_tool", "about_job"}
    park.change("note", note, about_tool=None, about_site=site)
    with park.reading() as call:
        record = read(call, "park.note", note)
        assert record.titles["park.site", site] == "Lake"
        assert [each.title for each in choose(call, "park.note", "about_tool")] == ["saw"]
        label = call.release.entity("park.note").fields["about_site"].label
        assert (label.get("zh"), label.get("en")) == ("关于 · 站点", "About · Site")
    assert park.found("note", "about_site IS NOT EMPTY") == [note]
    assert park.found("note", "about_site.name = 'Lake'") == [note]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_app_of_one_language_may_have_them(language: str) -> None:
    to = "{type: link, to: [site, tool], required: true}"
    app = check_sources(
        {
            "app.yaml": f"id: small\nversion: 1.0.0\nlabel: Small\nlanguages: [{language}]\n",
            "entities/site.yaml": "label: Site\nfields: {name: {type: text}}\n",
            "entities/tool.yaml": "label: Tool\nfields: {name: {type: text}}\n",
            "entities/note.yaml": f"label: Note\nfields: {{about: {to}}}\n",
        },
        {},
    )
    assert not isinstance(app, list), app
    assert [[own for own, _ in each.message.texts] for each in app.entities["note"].rules] == [[language]] * 2


def test_every_target_has_its_list_and_takes_its_links_along(park: Park) -> None:
    site, tool = park.add("site", name="Lake"), park.add("tool", name="saw")
    on_site, on_tool = (
        park.add("note", text="a", about_site=site),
        park.add("note", text="b", about_tool=tool),
    )
    with park.reading() as call:
        assert [each.id for each in related(call, "park.site", site, "notes", Query()).rows] == [on_site]
        assert [each.id for each in related(call, "park.tool", tool, "notes", Query()).rows] == [on_tool]
    with park.writing() as call:
        delete(call, "park.tool", tool)
    assert park.found("note", "") == [on_site]
    with park.writing() as call:
        restore(call, "park.tool", tool)
    assert park.found("note", "") == [on_site, on_tool]


def test_an_import_names_the_entity_by_its_column(park: Park, tmp_path: Path) -> None:
    site, tool = park.add("site", name="Lake"), park.add("tool", name="saw")
    file = tmp_path / "notes.csv"
    file.write_text("text,About · Site,about_tool\na,Lake,\nb,,saw\nc,Lake,saw\nd,Pond,\n", "utf-8")
    done = run(park.database, park.release, park.people["root"], "park.note", file, Options())
    assert (done.counts.added, done.counts.failed) == (2, 2)
    with park.reading() as call:
        rows = list_records(call, "park.note", Query(sort="id")).rows
    assert [(row.values["about_site"], row.values["about_tool"]) for row in rows] == [
        (site, None),
        (None, tool),
    ]


def test_a_renamed_entity_and_field_keep_their_links(park: Park) -> None:
    tool = park.add("tool", name="saw")
    note = park.add("note", text="a", about_tool=tool)
    renamed = SOURCES["entities/note.yaml"].replace("  about:\n", "  topic:\n    was: about\n")
    gadget = SOURCES["entities/tool.yaml"].replace("label: {en: Tool", "was: tool\nlabel: {en: Gadget", 1)
    sources = {path: text.replace("to: tool", "to: gadget") for path, text in SOURCES.items()}
    del sources["entities/tool.yaml"]
    park.publish(
        {
            **sources,
            "entities/gadget.yaml": gadget.replace("to: tool", "to: gadget"),
            "entities/note.yaml": renamed.replace("[site, tool, job]", "[site, gadget, job]"),
        }
    )
    with park.reading() as call:
        assert read(call, "park.note", note).values["topic_gadget"] == tool
    with park.database.reading() as connection:
        assert verify(connection) == []


WRONG = [
    ("about: {type: link, to: [site, nowhere]}", ["D301"]),
    ("about: {type: link, to: [site]}", ["D208"]),
    ("about: {type: links, to: [site, tool]}", ["D203"]),
    ("rows: {type: table, fields: {about: {type: link, to: [site, tool]}}}", ["D450"]),
]


@pytest.mark.parametrize(("field", "codes"), WRONG)
def test_what_is_written_wrongly_is_said(field: str, codes: list[str]) -> None:
    note = f"label: Note\nfields:\n  text: {{type: text}}\n  {field}\n"
    found = check_sources({**SOURCES, "entities/note.yaml": note}, {})
    assert isinstance(found, list)
    assert [each.code for each in found] == codes
