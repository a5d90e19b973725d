"""A link to one of several entities: one of them is filled, every target has its list, its rule of deletion and its key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dougong.compiler import check_sources
from dougong.diagnostics import Refusal
from dougong.records.choose import choose
from dougong.records.delete import delete, restore
from dougong.records.export import export
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


JOINT = """text,About
a,Site: Lake
b,工具：saw
c, lake
d,Pond
e,Boat: Lake
f,Lake
g,Site: Twin
h,tool: saw
"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_column_of_a_file_holds_the_kind_and_the_record(
    park: Park, tmp_path: Path, language: str
) -> None:
    site, tool = park.add("site", name="Lake"), park.add("tool", name="saw")
    twins = [park.add("site", name="Twin"), park.add("site", name="Twin")]
    file = tmp_path / "notes.csv"
    file.write_text(JOINT if language == "en" else JOINT.replace("About", "about"), "utf-8")
    done = run(park.database, park.release, park.people["root"], "park.note", file, Options())
    told = {problem.code: problem.message for failure in done.failures for problem in failure.problems}
    assert set(told) == {"unknown_target", "import_kind", "import_ambiguous"}
    assert (done.counts.added, done.counts.failed) == (4, 4)
    assert f"#{twins[0]}" in told["import_ambiguous"]
    with park.reading() as call:
        rows = list_records(call, "park.note", Query(sort="id")).rows
        assert [(row.values["text"], row.values["about_site"], row.values["about_tool"]) for row in rows] == [
            ("a", site, None),
            ("b", None, tool),
            ("f", site, None),
            ("h", None, tool),
        ]
        exported = export(call, "park.note", Query(sort="id"), ["text", "about"])
        cells = [str(line[1]) for line in exported.rows]
    assert exported.headings[1].label in ("About", "关于")
    assert [each.partition(": ")[2] for each in cells] == ["Lake", "saw", "Lake", "saw"]


def test_a_name_that_several_kinds_have_is_asked_about(park: Park, tmp_path: Path) -> None:
    for kind in ("site", "tool"):
        park.add(kind, name="Lake")
    file = tmp_path / "notes.csv"
    file.write_text("text,about\na,Lake\nb,Tool: Lake\n", "utf-8")
    done = run(park.database, park.release, park.people["root"], "park.note", file, Options())
    assert (done.counts.added, done.counts.failed) == (1, 1)
    [found] = done.failures[0].problems
    assert (found.code, found.path) == ("import_ambiguous", "about")
    assert dict(found.parameters)["candidates"].count(": Lake") == 2


def test_a_column_for_all_stands_against_one_for_a_single_link(park: Park, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("text,about,about_tool\na,,saw\n", "utf-8")
    with pytest.raises(Refusal) as caught:
        run(park.database, park.release, park.people["root"], "park.note", file, Options())
    assert [each.code for each in caught.value.problems] == ["import_header_twice"]


ROWS = """  lines:
    type: table
    label: {en: Lines, zh: 明细}
    rules: [{check: "COALESCE(count, 0) < 10", message: {en: Too many, zh: 太多}, fields: [count]}]
    fields:
      count: {type: integer, label: {en: Count, zh: 数}}
      what: {type: link, to: [site, tool], label: {en: What, zh: 对象}}
"""


def test_rows_of_a_sub_table_have_them_and_rules_of_their_own(park: Park, tmp_path: Path) -> None:
    note = SOURCES["entities/note.yaml"].replace("fields:\n", f"fields:\n{ROWS}", 1)
    park.publish({**SOURCES, "entities/note.yaml": note})
    site, tool = park.add("site", name="Lake"), park.add("tool", name="saw")
    line = {"what_site": site, "what_tool": tool, "count": 12}
    with pytest.raises(Refusal) as caught:
        park.add("note", text="x", about_site=site, lines=[line])
    assert {(each.path, each.message) for each in caught.value.problems} == {
        ("lines/0/what_site", "Choose only one of: What · Site, What · Tool"),
        ("lines/0/what_tool", "Choose only one of: What · Site, What · Tool"),
        ("lines/0/count", "Too many"),
    }
    file = tmp_path / "notes.csv"
    file.write_text("text,about,lines.what,lines.count\na,Site: Lake,Tool: saw,1\n,,Site: Lake,2\n", "utf-8")
    done = run(park.database, park.release, park.people["root"], "park.note", file, Options())
    assert (done.counts.added, done.counts.failed) == (1, 0), done.failures
    with park.reading() as call:
        [record] = list_records(call, "park.note", Query(sort="id")).rows
        lines = read(call, "park.note", record.id).values["lines"]
        shown = [(each["what_site"], each["what_tool"], each["count"]) for each in lines]
        assert shown == [(None, tool, 1), (site, None, 2)]
        sheet = export(call, "park.note", Query(), ["text", "lines"])
        cells = [list(line) for line in sheet.rows]
    assert [(line[0], line[1], str(line[2]).partition(": ")[2]) for line in cells] == [
        ("a", 1, "saw"),
        (None, 2, "Lake"),
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
    ("rows: {type: table, fields: {about: {type: link, to: [site, nowhere]}}}", ["D301"]),
    ("rows: {type: table, rules: [{check: nothing > 1}], fields: {a: {type: text}}}", ["D404"]),
    ("rows: {type: table, rules: {check: a = 1}, fields: {a: {type: text}}}", ["D203"]),
    ("rows: {type: table, rules: [{when: TRUE}], fields: {a: {type: text}}}", ["D530"]),
]


@pytest.mark.parametrize(("field", "codes"), WRONG)
def test_what_is_written_wrongly_is_said(field: str, codes: list[str]) -> None:
    note = f"label: Note\nfields:\n  text: {{type: text}}\n  {field}\n"
    found = check_sources({**SOURCES, "entities/note.yaml": note}, {})
    assert isinstance(found, list)
    assert [each.code for each in found] == codes
