"""The API keeps what its own description says, whatever is thrown at it."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dougong.web.application import create_app
from tests.web_server import Server

EXAMPLES = 6
"""For each operation and database; twenty times as many every night."""


def test_the_description_is_the_callers_own(server: Server) -> None:
    everything = server.api("hana")("GET", "/openapi.json").json
    assert everything["openapi"] == "3.1.0"
    paths = everything["paths"]
    assert "/api/v1/library/book/{id}" in paths
    assert "delete" in paths["/api/v1/library/book/{id}"]
    clerk = server.api("cleo")("GET", "/openapi.json").json
    assert "delete" not in clerk["paths"]["/api/v1/library/book/{id}"]
    assert "isbn" in clerk["components"]["schemas"]["library.book"]["properties"]
    assert "cost" not in clerk["components"]["schemas"]["library.book"]["properties"]
    assert everything["components"]["schemas"]["library.book.new"]["required"] == ["title"]


def test_a_record_is_as_described(server: Server) -> None:
    import jsonschema

    api = server.api("hana")
    book = api.made("/library/book", title="a", price="1", tags=["new"], pages=3, bought_on="2026-01-01")
    document = api("GET", "/openapi.json").json
    schema = {**document["components"]["schemas"]["library.book"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(book)
    reader = api.made("/library/reader", name="b")
    loan = api.made("/library/loan", book=book["id"], reader=reader["id"])
    expanded = api("GET", f"/library/loan/{loan['id']}?expand=book,reader").json
    assert expanded["book"] == {"id": book["id"], "title": "a"}
    schema = {**document["components"]["schemas"]["library.loan"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(expanded)


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn about each other
def test_nothing_that_is_thrown_at_it_breaks_it(server: Server) -> None:
    throw_everything(server, EXAMPLES)


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_nothing_of_much_that_is_thrown_at_it_breaks_it(server: Server) -> None:
    throw_everything(server, EXAMPLES * 20)


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("person", ["hana", "cleo", "nemo"])
def test_nothing_that_people_with_few_rights_throw_at_it_breaks_it(server: Server, person: str) -> None:
    """Each is told of what they may use alone, and throws at that; together the runs take about ten minutes a person."""
    throw_everything(server, EXAMPLES * 20, person, fewest=10)


@pytest.mark.filterwarnings("ignore")
def test_nothing_that_a_clerk_throws_at_it_breaks_it(sqlite_server: Server) -> None:
    throw_everything(sqlite_server, 2, "cleo", fewest=10)


def throw_everything(server: Server, examples: int, person: str = "ada", fewest: int = 60) -> None:
    """Send every operation so many requests, right ones and wrong ones, and hold the answers against the description."""
    api = server.api("ada")
    book = api.made("/library/book", title="a")
    reader = api.made("/library/reader", name="b")
    api.made("/library/loan", book=book["id"], reader=reader["id"])
    application = create_app(server.runtime)
    headers = {"Authorization": f"Bearer {server.tokens[person]}"}
    schema = schemathesis.openapi.from_wsgi("/openapi.json", application, headers=headers)
    checks = [
        not_a_server_error,
        response_schema_conformance,
        content_type_conformance,
        status_code_conformance,
    ]
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]  # an Err would raise here, and should
        settings = hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )

        @settings
        @hypothesis.given(case=operation.as_strategy())
        def throw(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=checks)

        throw()
        tried += 1
    assert tried > fewest
