"""What comes back from a generated form: untouched texts by field, rows of sub-tables, and nothing that may not be written."""

from __future__ import annotations

from collections.abc import Mapping

from dougong.screens import shape
from dougong_renderers.html import forms
from dougong_renderers.html.render import HtmlRenderer
from tests.renderers.html import samples


def send(form: shape.FormScreen, data: Mapping[str, list[str]]) -> Mapping[str, shape.Submitted]:
    return HtmlRenderer().submitted(form, data)


def with_fields(*fields: shape.FormField, key: str = "k") -> shape.FormScreen:
    return shape.FormScreen(key, "t", "/x", (shape.FormSection("s", "", fields),), "Save", "/")


def test_texts_come_back_untouched() -> None:
    form = with_fields(shape.FormField("name", "text", "Name"), shape.FormField("budget", "money", "Budget"))
    assert send(form, {"name": ["  青禾岭 "], "budget": ["1,063,101.00"]}) == {
        "name": "  青禾岭 ",
        "budget": "1,063,101.00",
    }


def test_field_that_was_not_sent_is_missing_and_unknown_ones_are_ignored() -> None:
    form = with_fields(shape.FormField("name", "text", "Name"), shape.FormField("other", "text", "Other"))
    assert send(form, {"name": [""], "owner": ["7"], "csrf_token": ["x"]}) == {"name": ""}


def test_read_only_and_computed_fields_cannot_be_sent() -> None:
    form = with_fields(
        shape.FormField("a", "text", "A", read_only=True), shape.FormField("b", "money", "B", computed=True)
    )
    assert send(form, {"a": ["1"], "b": ["2"]}) == {}


def test_cached_form_does_not_let_a_field_in_that_became_read_only() -> None:
    assert send(with_fields(shape.FormField("a", "text", "A")), {"a": ["1"]}) == {"a": "1"}
    assert send(with_fields(shape.FormField("a", "text", "A", read_only=True)), {"a": ["1"]}) == {}


def test_names_that_wtforms_uses_itself() -> None:
    form = with_fields(
        *(shape.FormField(name, "text", name) for name in ("data", "errors", "process", "validate", "meta"))
    )
    assert send(form, {"data": ["1"], "errors": ["2"], "process": ["3"], "validate": ["4"], "meta": ["5"]}) == {
        "data": "1", "errors": "2", "process": "3", "validate": "4", "meta": "5",
    }  # fmt: skip


def test_boolean_choices_and_several_values() -> None:
    form = with_fields(
        shape.FormField("yes", "boolean", "Yes"),
        shape.FormField("no", "boolean", "No"),
        shape.FormField("tags", "choices", "Tags"),
        shape.FormField("none", "links", "None"),
    )
    data = {"yes": ["false", "true"], "no": ["false"], "tags": ["", "a", "b", "a"], "none": [""]}
    assert send(form, data) == {"yes": "true", "no": "false", "tags": ("a", "b"), "none": ()}


def test_picker_without_script_sends_its_text_last() -> None:
    form = with_fields(shape.FormField("account", "link", "Account"))
    assert send(form, {"account": ["", "青禾岭"]}) == {"account": "青禾岭"}
    assert send(form, {"account": ["7", ""]}) == {"account": "7"}


def test_files_that_were_ticked_away_are_gone() -> None:
    form = with_fields(shape.FormField("files", "file", "Files"))
    assert send(form, {"files": ["", "9", "10"], "dg_remove-files": ["9"]}) == {"files": ("10",)}


def test_address_is_read_by_its_parts() -> None:
    parts = (shape.FormField("city", "text", "City"), shape.FormField("street", "text", "Street"))
    form = with_fields(shape.FormField("at", "address", "Address", parts=parts))
    assert send(form, {"at-city": ["云汀"], "at-street": ["1"], "at-country": ["x"]}) == {
        "at": ({"city": "云汀", "street": "1"},)
    }


def test_rows_of_a_sub_table() -> None:
    form = with_fields(samples.sub_table("zh"))
    data = {
        "lines-sent": ["1"],
        "lines-0-id": ["11"],
        "lines-0-product": ["5"],
        "lines-0-quantity": ["2"],
        "lines-0-subtotal": ["999999"],
        "lines-7-id": [""],
        "lines-7-product": ["6"],
    }
    assert send(form, data) == {
        "lines": ({"id": "11", "product": "5", "quantity": "2"}, {"id": "", "product": "6"})
    }


def test_empty_sub_table_differs_from_one_that_was_not_in_the_form() -> None:
    form = with_fields(samples.sub_table("zh"))
    assert send(form, {"lines-sent": ["1"]}) == {"lines": ()}
    assert send(form, {}) == {}


def test_row_index_that_is_no_number_is_ignored() -> None:
    form = with_fields(samples.sub_table("zh"))
    assert send(form, {"lines-sent": ["1"], "lines-__index__-product": ["5"], "lines-x-product": ["6"]}) == {
        "lines": ()
    }


def test_names_that_look_like_rows_but_are_not() -> None:
    form = with_fields(samples.sub_table("zh"))
    data = {
        "lines-sent": ["1"],
        "lines-²-product": ["5"],
        f"lines-{'9' * 5000}-product": ["6"],
        "lines-٣-product": ["7"],
    }
    assert send(form, data) == {"lines": ()}


def test_form_classes_are_cached_and_bounded() -> None:
    cache = forms.FormCache(limit=2)
    first = with_fields(shape.FormField("a", "text", "A"), key="1")
    assert cache.get(first) is cache.get(first)
    for key in ("2", "3"):
        cache.get(with_fields(shape.FormField("a", "text", "A"), key=key))
    assert len(cache) == 2


def test_rows_come_back_in_the_order_in_which_they_were_sent() -> None:
    """A row that was moved on the page keeps the number in its names, and one that was added has the highest."""
    form = with_fields(samples.sub_table("en"))
    sent = {
        f"lines-{number}-{part}": [f"{part}{number}"] for number in (2, 7, 0) for part in ("id", "quantity")
    }
    rows = send(form, sent | {"lines-sent": ["1"]})["lines"]
    assert [row["quantity"] for row in rows if isinstance(row, Mapping)] == [
        "quantity2",
        "quantity7",
        "quantity0",
    ]
