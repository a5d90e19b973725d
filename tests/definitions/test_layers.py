"""A customer's layer on top of a template: merged by id, every value knowing where it comes from."""

import pytest
from hypothesis import assume, given

from dougong.compiler import check_sources
from dougong.definitions.layers import difference
from dougong.definitions.load import load_sources
from dougong.definitions.nodes import Data
from dougong.definitions.rendering import whole
from dougong.model.app import App
from tests.definitions.documents import MAPPINGS
from tests.definitions.samples import CALM

APP = "id: shop\nversion: 1.0.0\nlabel: Shop\n"
CUSTOMER = """label: {en: Customer, zh: 客户}
fields:
  name: {type: text, max_length: 50}
  grade: {type: choice, options: {a: Gold, b: Silver}}
  note: {type: long_text}
search: [name, note]
"""
LOCAL = """label: {zh: 顾客}
fields:
  name: {max_length: 80}
  grade: {options: {b: null, c: Bronze}}
  note: null
  phone: {type: phone}
search: [name]
"""


def layered(local: str = LOCAL) -> dict[str, str]:
    return {"app.yaml": APP, "entities/customer.yaml": CUSTOMER, "local/entities/customer.yaml": local}


def test_mappings_merge_lists_and_values_replace_nothing_removes() -> None:
    document = load_sources(layered()).documents["entities/customer"]
    assert document.data == {
        "label": {"en": "Customer", "zh": "顾客"},
        "fields": {
            "name": {"type": "text", "max_length": 80},
            "grade": {"type": "choice", "options": {"a": "Gold", "c": "Bronze"}},
            "phone": {"type": "phone"},
        },
        "search": ["name"],
    }


def test_every_value_knows_its_layer_and_place() -> None:
    document = load_sources(layered(), "shop").documents["entities/customer"]
    layer, place = document.origin(("fields", "name", "max_length"))
    assert (layer, str(place)) == ("local", "shop/local/entities/customer.yaml:3:22")
    layer, place = document.origin(("fields", "name", "type"))
    assert (layer, str(place)) == ("template", "shop/entities/customer.yaml:3:16")
    assert document.origin(("search", 0))[0] == "local"
    assert document.origin(("label", "en"))[0] == "template"


def test_a_layered_app_compiles_as_if_it_were_one() -> None:
    outcome = check_sources(layered())
    assert isinstance(outcome, App)
    customer = outcome.entities["customer"]
    assert list(customer.fields) == ["name", "grade", "phone"]
    assert customer.fields["name"].max_length == 80
    assert customer.label.get("zh") == "顾客"
    assert outcome.sources["local/entities/customer.yaml"] == LOCAL


def test_layers_stay_apart_for_those_who_ask() -> None:
    tree = load_sources(layered())
    assert [layer.name for layer in tree.layers] == ["template", "local"]
    assert "note" in str(tree.layers[0].documents["entities/customer"].data)


def test_a_local_file_that_is_nothing_removes_the_file_of_the_template() -> None:
    texts = {**layered("null\n"), "entities/other.yaml": "fields:\n  name: {type: text}\n"}
    outcome = check_sources(texts)
    assert isinstance(outcome, App)
    assert list(outcome.entities) == ["other"]


def test_removing_what_is_needed_points_at_the_removal() -> None:
    outcome = check_sources(layered("fields:\n  grade: {options: null}\n"))
    assert isinstance(outcome, list)
    assert [str(finding) for finding in outcome] == [
        "shop/local/entities/customer.yaml:2:11: error D202: fields/grade/options: 'options' is missing (add 'options')"
    ]


def _shared(left: Data, right: Data) -> bool:
    """Whether no mapping of one stands where the other has a list."""
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_shared(left[key], right[key]) for key in left if key in right)
    return {type(left), type(right)} != {dict, list}


def _without_order(data: Data) -> object:
    if isinstance(data, dict):
        return {key: _without_order(value) for key, value in sorted(data.items())}
    return [_without_order(value) for value in data] if isinstance(data, list) else (type(data), data)


@CALM
@given(MAPPINGS, MAPPINGS)
def test_any_change_can_be_said_by_a_local_layer(template: Data, wanted: Data) -> None:
    assume(_shared(template, wanted))
    local = difference(template, wanted)
    texts = {"entities/a.yaml": whole(template), "local/entities/a.yaml": whole(local)}
    tree = load_sources(texts if local else {"entities/a.yaml": texts["entities/a.yaml"]})
    assert [finding.code for finding in tree.problems] == ["D124"]
    assert _without_order(tree.documents["entities/a"].data) == _without_order(wanted)


def test_a_list_does_not_replace_a_mapping() -> None:
    with pytest.raises(ValueError, match="mapping"):
        difference({"a": {"b": 1}}, {"a": [1]})


def test_a_removed_field_that_is_still_used_is_found_where_it_is_used() -> None:
    outcome = check_sources(layered("fields:\n  note: null\n"))
    assert isinstance(outcome, list)
    assert [(finding.code, str(finding.place)) for finding in outcome] == [
        ("D302", "shop/entities/customer.yaml:6:16")
    ]
