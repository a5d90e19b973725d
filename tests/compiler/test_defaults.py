"""The smallest useful entity is a few lines: everything else follows, and nothing is left unsaid."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dougong.compiler import check_sources
from dougong.expressions import EvaluationContext, evaluate
from dougong.model.app import App
from dougong.model.entity import Entity
from dougong.model.expression import Expression
from dougong.model.field import LinkTarget
from dougong.model.form import Sort
from dougong.model.role import ACTIONS

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
DAY = MOMENT.date()
APP = "id: library\nversion: 1.0.0\nlabel: Library\n"


def library(**files: str) -> App:
    """The app of these files; `entities__book` stands for entities/book.yaml."""
    texts = {f"{path.replace('__', '/')}.yaml": text for path, text in files.items()}
    outcome = check_sources({"app.yaml": APP, **texts})
    assert isinstance(outcome, App), [str(finding) for finding in outcome]
    return outcome


BOOK = "fields:\n  isbn: {type: text}\n  published_on: {type: date}\n  summary: {type: long_text}\n"


def book(text: str = BOOK) -> Entity:
    return library(entities__book=text).entities["book"]


def test_an_app_has_a_menu_languages_a_currency_and_an_owner() -> None:
    app = library(entities__book=BOOK, reports__books="from: book\nmeasures: {number: COUNT()}\n")
    assert (app.languages, app.currency, app.icon, app.requires) == (("zh", "en"), "CNY", "apps", ())
    assert [(item.kind, item.target) for item in app.menu] == [("entity", "book"), ("group", "")]
    assert [item.target for item in app.menu[1].items] == ["books"]
    owner = app.roles["owner"]
    assert owner.can_design
    assert set(owner.grants) == {"book"}
    assert set(owner.grants["book"]) == set(ACTIONS)


def test_an_entity_has_labels_a_title_a_search_a_form_and_a_view() -> None:
    app = library(entities__book=BOOK)
    entity = app.entities["book"]
    assert (entity.label.get("zh"), entity.plural.get("en"), entity.icon) == ("Book", "Book", "table")
    assert (entity.title, entity.title_parts) == ("{isbn}", ("", "isbn", ""))
    assert "isbn" in entity.search
    assert entity.fields["published_on"].label.get("en") == "Published on"
    assert [place.field for place in app.forms["book"].sections[0].fields] == [
        "isbn",
        "published_on",
        "summary",
    ]
    assert [place.width for place in app.forms["book"].sections[0].fields] == [1, 1, 2]
    (view,) = app.views["book"]
    assert (view.id, view.kind, view.columns) == ("all", "grid", ("isbn", "published_on"))
    assert view.sort == (Sort("updated_at", True),)
    assert view.label.get("zh") == "全部"


def test_a_title_without_a_fitting_field_is_the_number_of_the_record() -> None:
    assert book("fields:\n  pages: {type: integer}\n").title_parts == ("", "id", "")


def test_titles_are_split_into_constants_and_fields() -> None:
    entity = book("title: '{isbn} ({published_on})'\n" + BOOK)
    assert entity.title_parts == ("", "isbn", " (", "published_on", ")")


def test_sub_tables_become_entities_with_sections_of_their_own() -> None:
    text = (
        BOOK + "  copies: {type: table, label: Copies, fields: {shelf: {type: text}, worth: {type: money}}}\n"
    )
    app = library(entities__book=text)
    copies = app.entities["book/copies"]
    assert (copies.key, copies.parent) == ("library.book/copies", "library.book")
    assert app.entities["book"].fields["copies"].table == copies.key
    assert list(app.entities) == ["book", "book/copies"]
    assert [section.id for section in app.forms["book"].sections] == ["main", "copies"]
    assert [place.field for place in app.forms["book/copies"].sections[0].fields] == ["shelf", "worth"]
    assert copies.fields["worth"].currency == "CNY"
    assert "book/copies" not in app.views


def test_options_take_every_spelling() -> None:
    entity = book(
        "fields:\n  kind:\n    type: choice\n    options: {a: Novel, b: {zh: 诗, en: Poetry}, "
        "c: {label: Other, colour: azure}, d_e: }\n"
    )
    options = {
        option.id: (option.label.get("zh"), option.label.get("en"), option.colour)
        for option in entity.fields["kind"].options
    }
    assert options == {
        "a": ("Novel", "Novel", ""),
        "b": ("诗", "Poetry", ""),
        "c": ("Other", "Other", "azure"),
        "d_e": ("D e", "D e", ""),
    }


def test_settings_of_types_are_resolved() -> None:
    fields = book(
        "fields:\n"
        "  price: {type: money, min: 0, max: 10.50}\n"
        "  rate: {type: decimal, decimals: 3, max: 'price * 2'}\n"
        "  number: {type: serial, parts: ['B-', {date: yyyy}, {count: 4}], reset: year}\n"
        "  scan: {type: file, multiple: true, accept: ['.pdf']}\n"
        "  copies: {type: integer, default: 1}\n"
        "  lent: {type: boolean, default: false}\n"
        "  code: {type: text, default: \"'x' & 'y'\", pattern: '[A-Z]+', unique: true, required: true, help: {zh: 帮助}}\n"
    ).fields
    assert fields["price"].minimum == Decimal(0)
    assert fields["price"].maximum == Decimal("10.50")
    assert fields["price"].decimals == 2
    assert isinstance(fields["rate"].maximum, Expression)
    assert [(part.kind, part.value) for part in fields["number"].parts] == [
        ("constant", "B-"),
        ("date", "yyyy"),
        ("count", "4"),
    ]
    assert (fields["number"].reset, fields["number"].is_computed) == ("year", True)
    assert (fields["scan"].multiple, fields["scan"].accept) == (True, (".pdf",))
    assert fields["copies"].default is not None
    assert fields["copies"].default.text == "1"
    assert fields["lent"].default is not None
    assert fields["lent"].default.text == "FALSE"
    assert (fields["code"].unique, fields["code"].required, fields["code"].help.get("zh")) == (
        True,
        True,
        "帮助",
    )


def test_links_give_their_targets_lists() -> None:
    app = library(
        entities__author="label: {en: Author, zh: 作者}\nfields:\n  name: {type: text}\n",
        entities__book=(
            "label: Book\nplural: Books\nfields:\n"
            "  title: {type: text}\n"
            "  writer: {type: link, to: author, label: Writer, on_delete: cascade}\n"
            "  editor: {type: link, to: author, label: Editor, fill: {title: name}}\n"
            "  translators: {type: links, to: author, inverse: translated, inverse_label: {en: Translations, zh: 译作}}\n"
        ),
    )
    target = app.entities["book"].fields["editor"].target
    assert target is not None
    assert replace(target, fill=()) == LinkTarget("library", "author", "restrict", "")
    assert [(own, value.reads) for own, value in target.fill] == [("title", (("editor", "name"),))]
    inverses = app.entities["author"].inverses
    assert list(inverses) == ["translated", "book", "book_editor"]
    assert inverses["translated"].many
    assert inverses["translated"].label.get("zh") == "译作"
    assert (inverses["book"].key, inverses["book"].field, inverses["book"].many) == (
        "library.book",
        "writer",
        False,
    )


def test_stages_know_their_probability_and_ways() -> None:
    entity = book(
        "fields:\n  title: {type: text}\n  stage: {type: stage, pipeline: main}\n"
        "pipelines:\n  main:\n    stages:\n      new: {label: {zh: 新}}\n"
        "      sold: {probability: 1.0, outcome: won, allow_from: [new], require: [title]}\n"
    )
    first, second = entity.pipelines["main"].stages
    assert (first.id, first.label.get("zh"), first.probability, first.allow_from) == ("new", "新", "0", None)
    assert (second.outcome, second.allow_from, second.require) == ("won", ("new",), ("title",))
    assert Decimal(second.probability) == 1


@pytest.mark.parametrize("languages", ["zh", "en"])
def test_translations_add_texts_to_whatever_has_one(languages: str) -> None:
    other = "en" if languages == "zh" else "zh"
    outcome = check_sources(
        {
            "app.yaml": APP + "languages: [zh, en]\n",
            "entities/book.yaml": f"label: {{{other}: B}}\nfields:\n  isbn: {{type: text}}\n  kind: {{type: choice, options: {{a: }}}}\n",
            f"translations/{languages}.yaml": (
                "app: {label: L}\nentities/book:\n  label: T\n  fields/isbn/label: I\n  fields/isbn/help: H\n"
            ),
        }
    )
    assert isinstance(outcome, App), [str(finding) for finding in outcome]
    entity = outcome.entities["book"]
    assert (entity.label.get(languages), entity.label.get(other)) == ("T", "B")
    assert entity.fields["isbn"].label.get(languages) == "I"
    assert entity.fields["isbn"].help.get(languages) == "H"
    assert outcome.label.get(languages) == "L"


def test_a_formula_over_a_computed_field_knows_that_it_is_computed() -> None:
    """An empty result stays empty in what is computed from it; only what a person left blank counts as 0."""
    read = book(
        "fields:\n  rate: {type: decimal, formula: pages / days}\n  pages: {type: integer}\n  days: {type: integer}\n"
        "  twice: {type: decimal, formula: rate * 2}\n"
    )
    formula = read.fields["twice"].formula
    assert formula is not None
    assert evaluate(formula, EvaluationContext({"rate": None}, None, DAY, MOMENT)) is None
