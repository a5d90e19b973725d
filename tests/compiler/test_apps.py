"""Apps that build on each other, and how quickly an app with mistakes answers."""

import time

import pytest

from dougong.compiler import check_sources, compile_apps, graph
from dougong.definitions import bundled
from dougong.definitions.load import load_app, load_sources
from dougong.definitions.tree import Tree
from dougong.diagnostics import Diagnostic
from dougong.model.app import App
from tests.definitions.samples import texts_of

PEOPLE = {
    "app.yaml": "id: staff\nversion: 1.0.0\nlabel: People\n",
    "entities/employee.yaml": "fields:\n  name: {type: text}\n  salary: {type: money}\n",
}
FLEET = {
    "app.yaml": "id: fleet\nversion: 1.0.0\nlabel: Fleet\nrequires: {apps: [staff]}\n",
    "entities/car.yaml": (
        "fields:\n  plate: {type: text}\n  driver: {type: link, to: staff.employee, fill: {plate: name}}\n"
        'rules:\n  - {check: "driver.salary > 10"}\n'
    ),
}


def trees(*apps: dict[str, str]) -> list[Tree]:
    return [load_sources(app, app["app.yaml"].split("\n")[0].removeprefix("id: ")) for app in apps]


def test_apps_are_compiled_in_the_order_they_need() -> None:
    outcome = compile_apps(trees(FLEET, PEOPLE))
    assert [app.id for app in outcome if isinstance(app, App)] == ["staff", "fleet"]


def test_an_app_may_build_on_an_installed_one() -> None:
    staff = check_sources(PEOPLE)
    assert isinstance(staff, App)
    fleet = check_sources(FLEET, {"staff": staff})
    assert isinstance(fleet, App)
    target = fleet.entities["car"].fields["driver"].target
    assert target is not None
    assert target.key == "staff.employee"


def test_a_mistake_in_a_required_app_is_said_once() -> None:
    broken = {**PEOPLE, "entities/employee.yaml": "fields:\n  name: {type: txt}\n"}
    outcome = compile_apps(trees(FLEET, broken))
    assert [(each.code, str(each.place)) for each in outcome if isinstance(each, Diagnostic)] == [
        ("D204", "staff/entities/employee.yaml:2:16")
    ]


def test_names_of_another_app_are_checked() -> None:
    staff = check_sources(PEOPLE)
    assert isinstance(staff, App)
    wrong = {
        **FLEET,
        "entities/car.yaml": FLEET["entities/car.yaml"]
        .replace("employee", "employe")
        .replace("salary", "pay"),
    }
    outcome = check_sources(wrong, {"staff": staff})
    assert isinstance(outcome, list)
    assert [(each.code, each.hint) for each in outcome] == [("D301", "did you mean 'employee'?")]


def test_circles_are_found_and_printed() -> None:
    ordered, circles = graph.order({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": [], "e": ["e"]})
    assert [graph.printed(circle) for circle in circles] == ["a → b → c → a", "e → e"]
    assert ordered.index("d") < ordered.index("c")
    long = {str(number): [str(number + 1)] for number in range(50_000)}
    assert graph.order({**long, "50000": []})[1] == []


@pytest.mark.parametrize("name", bundled.names())
def test_bundled_apps_compile(name: str) -> None:
    outcome = compile_apps([load_app(bundled.folder(name))])
    assert all(isinstance(each, App) for each in outcome), [str(each) for each in outcome]


def test_the_bundled_folder_is_found() -> None:
    with pytest.raises(KeyError):
        bundled.folder("no_such_app")
    with pytest.raises(KeyError):
        bundled.folder("../platform")


def test_a_large_app_with_a_dozen_mistakes_answers_in_two_seconds() -> None:
    """Twenty-five entities of twenty fields, forms, views, roles and reports; mistakes all over."""
    fields = "".join(
        f"  f{number}: {{type: text, max_length: 50, label: {{zh: 字段, en: Field {number}}}}}\n"
        for number in range(18)
    )
    texts = {"app.yaml": "id: big\nversion: 1.0.0\nlabel: Big\n"}
    for number in range(25):
        other = (number + 1) % 25
        wrong = "txt" if number % 2 else "text"
        texts[f"entities/e{number}.yaml"] = (
            f"fields:\n{fields}  last: {{type: {wrong}}}\n  ref: {{type: link, to: e{other}, inverse: back}}\n"
            f"rules:\n  - {{check: \"f1 <> f2 OR ref.f3 = 'x'\"}}\n"
        )
        names = ", ".join(f"f{index}" for index in range(18))
        texts[f"forms/e{number}.yaml"] = f"sections:\n  a: {{fields: [{names}]}}\n"
        texts[f"views/e{number}.yaml"] = (
            f"views:\n  a: {{columns: [{names}], filter: \"f1 = 'a'\", sort: [-f2]}}\n"
        )
    started = time.process_time()
    outcome = check_sources(texts)
    assert time.process_time() - started < 2
    assert isinstance(outcome, list)
    assert [each.code for each in outcome] == ["D204"] * 12


def test_a_crm_with_a_dozen_mistakes_names_each() -> None:
    """Mistakes planted in several files of the largest bundled app are found, each at its line, and nothing else."""
    name = "crm"
    texts = texts_of(bundled.folder(name))
    planted = 0
    for path in sorted(path for path in texts if path.startswith("entities/")):
        if planted < 12 and "required: true" in texts[path]:
            texts[path] = texts[path].replace("required: true", "requird: true", 1)
            planted += 1
    assert planted == 12
    started = time.process_time()
    outcome = check_sources(texts)
    assert time.process_time() - started < 2
    assert isinstance(outcome, list)
    assert [each.code for each in outcome] == ["D201"] * 12
    for each in outcome:
        assert each.place is not None
        line = texts[each.place.file.removeprefix(f"{name}/")].split("\n")[each.place.line - 1]
        assert line[each.place.column - 1 :].startswith("requird")
