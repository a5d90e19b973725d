"""The designer: small edits of files, a draft that can be taken back, a plan that is shown and done."""

from __future__ import annotations

from typing import Any

from tests.web_server import LIBRARY, Browser, Server, hidden

PATH = "/design/library/book"


def change(browser: Browser, operation: str, **given: str) -> int:
    status: int = browser.post(PATH, {"operation": operation, **given}, page="/apps").status_code
    return status


def text_of(server: Server, path: str) -> str:
    document = server.api("hana")("GET", f"/library/definitions/{path}").json
    found: str = document["text"]
    return found


def differing(before: str, after: str) -> list[str]:
    """The lines of a text that were not there before."""
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_a_business_user_designs_and_publishes(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    entity, form = (
        (LIBRARY / "entities/book.yaml").read_text("utf-8"),
        (LIBRARY / "forms/book.yaml").read_text("utf-8"),
    )
    assert browser.get(PATH).status_code == 200
    assert change(browser, "add_field", type="text", label="Subtitle", section="basics", position="1") == 303
    assert (
        change(
            browser,
            "set_field",
            field="title",
            label_zh="书名",
            label_en="Name",
            has_required="1",
            required="true",
        )
        == 303
    )
    assert change(browser, "move_field", field="pages", section="more", position="0") == 303
    assert change(browser, "add_section", label="Extra") == 303
    assert (
        change(browser, "set_section", section="extra", label_zh="其他", label_en="Extra", columns="3") == 303
    )
    new_entity, new_form = text_of(server, "entities/book.yaml"), text_of(server, "forms/book.yaml")
    assert "# what is on the cover" in new_entity
    assert "# the first thing people fill" in new_form
    assert len(differing(entity, new_entity)) == 2
    assert len(differing(form, new_form)) == 3
    page = browser.get("/design/library/publish")
    assert "add field" in page.text
    state = hidden(page.text, "plan")
    assert browser.post("/design/library/publish", {"plan": "another"}, page="/apps").status_code == 422
    done = browser.post("/design/library/publish", {"plan": state}, page="/apps")
    assert done.status_code == 303, done.text
    made = api.made("/library/book", title="a", subtitle="b")
    assert made["subtitle"] == "b"
    assert 'name="subtitle"' in browser.get("/library/book/new").text
    assert server.api("hana")("GET", "/library/definitions").json["data"][0]["changed"] is False


def test_what_would_break_the_app_changes_nothing(server: Server) -> None:
    browser = server.browser("hana")
    before = text_of(server, "entities/book.yaml")
    for operation, given in (
        ("set_field", {"field": "pages", "formula": "nothing + 1"}),
        ("remove_field", {"field": "price"}),
        ("remove_section", {"section": "basics"}),
        ("set_field", {"field": "shelf", "options": "BAD ID = x"}),
        ("set_field", {"field": "price", "decimals": "many"}),
        ("set_field", {"field": "price", "digits": "31"}),
        ("set_field", {"field": "price", "digits": "17"}),
    ):
        assert change(browser, operation, **given) == 422, operation
    assert change(browser, "nothing") == 400
    assert change(browser, "set_field", field="nothing") == 404
    assert change(browser, "add_field", type="nothing") == 400
    assert text_of(server, "entities/book.yaml") == before


def test_numbers_that_stay_as_they_are_are_not_written(server: Server) -> None:
    browser = server.browser("hana")
    before = text_of(server, "entities/book.yaml")
    change(browser, "set_field", field="price", decimals="2", digits="18")
    assert text_of(server, "entities/book.yaml") == before
    change(browser, "set_field", field="price", digits="24")
    assert "digits: 24" in text_of(server, "entities/book.yaml")
    change(browser, "set_field", field="price", digits="")
    assert text_of(server, "entities/book.yaml") == before


def test_undo_redo_and_discard(server: Server) -> None:
    browser = server.browser("hana")
    before = text_of(server, "entities/book.yaml")
    change(browser, "add_field", type="date", label="Read on")
    after = text_of(server, "entities/book.yaml")
    assert after != before
    change(browser, "undo")
    assert text_of(server, "entities/book.yaml") == before
    change(browser, "redo")
    assert text_of(server, "entities/book.yaml") == after
    change(browser, "discard")
    assert text_of(server, "entities/book.yaml") == before


def test_saving_without_a_change_leaves_every_byte(server: Server) -> None:
    browser = server.browser("hana")
    before = text_of(server, "entities/book.yaml")
    change(
        browser,
        "set_field",
        field="shelf",
        label_zh="书架",
        label_en="Shelf",
        options="a = Novels\nb = Science",
        default="'a'",
    )
    change(browser, "set_field", field="pages", label_zh="页数", label_en="Pages", min="1", max="9999")
    assert text_of(server, "entities/book.yaml") == before


def test_every_type_of_the_palette_can_be_added(server: Server) -> None:
    from dougong.screens.designer import GROUPS

    browser = server.browser("hana")
    for _, types in GROUPS:
        for each in types:
            assert change(browser, "add_field", type=each, label=f"New {each}") == 303, each
    state = hidden(browser.get("/design/library/publish").text, "plan")
    done = browser.post("/design/library/publish", {"plan": state}, page="/apps")
    assert done.status_code == 303, done.text
    assert browser.get("/library/book/new").status_code == 200


def test_a_field_is_put_away_only_on_purpose_and_comes_back(server: Server) -> None:
    api, head, admin = server.api("hana"), server.browser("hana"), server.browser("ada")
    book = api.made("/library/book", title="a", notes="precious")
    assert change(head, "remove_field", field="notes") == 303
    state = hidden(head.get("/design/library/publish").text, "plan")
    assert head.post("/design/library/publish", {"plan": state}, page="/apps").status_code == 422
    assert (
        head.post("/design/library/publish", {"plan": state, "allow_loss": "1"}, page="/apps").status_code
        == 303
    )
    assert "notes" not in api("GET", f"/library/book/{book['id']}").json
    assert admin.post("/versions/library/rollback", {"to": "1"}).status_code == 303
    assert api("GET", f"/library/book/{book['id']}").json["notes"] == "precious"


def test_only_designers_design(server: Server) -> None:
    clerk = server.browser("cleo")
    assert clerk.get(PATH).status_code == 403
    assert clerk.post(PATH, {"operation": "undo"}).status_code == 403
    assert server.api("cleo")("GET", "/library/definitions").status_code == 403
    assert server.browser("hana").get("/design/nothing/book").status_code == 404


def test_definitions_over_http_are_checked_like_on_the_command_line(server: Server) -> None:
    api = server.api("hana")
    broken = (LIBRARY / "entities/book.yaml").read_text("utf-8").replace("required: true", "requird: yes", 1)
    assert api("PUT", "/library/definitions/entities/book.yaml", {"text": broken}).status_code == 200
    planned = api("POST", "/library/plan")
    assert planned.status_code == 422
    [first, *_] = planned.json["errors"]
    assert first["file"] == "library/entities/book.yaml"
    assert first["line"] == 6
    assert "required" in first["hint"]
    assert api("POST", "/library/apply").status_code == 422
    assert api("DELETE", "/library/definitions").status_code == 204
    assert api("POST", "/library/plan").json["empty"] is True
    assert api("POST", "/library/apply").json["changed"] is False
    assert api("PUT", "/library/definitions/../../etc/passwd.yaml", {"text": ""}).status_code in (400, 404)
    assert api("PUT", "/library/definitions/entities/book.yaml", {"text": 3}).status_code == 400


def test_an_app_is_installed_over_http(server: Server) -> None:
    sources = {
        "app.yaml": "id: notes\nversion: 0.1.0\nlabel: Notes\n",
        "entities/note.yaml": "label: Note\nfields:\n  text: {type: text, required: true}\n",
    }
    assert server.api("hana")("POST", "/notes/apply", {"sources": sources}).status_code == 404
    admin = server.api("ada")
    planned = admin("POST", "/notes/plan", {"sources": sources})
    assert planned.json["from"] is None
    stale = admin("POST", "/notes/apply", {"sources": sources, "state": "old"})
    assert stale.status_code == 409
    applied = admin("POST", "/notes/apply", {"sources": sources, "state": planned.json["state"]})
    assert applied.json["number"] == 1
    assert admin("POST", "/notes/note", {"text": "hello"}).status_code == 201
    assert admin("POST", "/other/apply", {"sources": sources}).status_code == 422


def test_a_switch_that_is_off_is_off(sqlite_server: Server) -> None:
    """A switch of the page sends false when it is off, and false with true behind it when it is on."""
    browser = sqlite_server.browser("hana")
    switches = {"has_required": "1", "has_unique": "1", "label_zh": "页数", "label_en": "Pages"}
    assert change(browser, "set_field", field="pages", required="false", unique="false", **switches) == 303
    written = text_of(sqlite_server, "entities/book.yaml")
    [line] = [line for line in written.splitlines() if line.strip().startswith("pages:")]
    assert "required" not in line
    assert "unique" not in line


def test_the_app_is_drawn_for_designers_only(server: Server) -> None:
    designer = server.browser("hana")
    drawn = designer.get("/design/library/diagrams/er")
    assert (drawn.status_code, drawn.mimetype) == (200, "image/svg+xml")
    assert drawn.text.startswith("<svg")
    assert "Book" in drawn.text
    assert designer.get("/design/library/diagrams/secrets").status_code == 404
    assert designer.get("/design/nothing/diagrams/er").status_code in (403, 404)
    assert server.browser("otto").get("/design/library/diagrams/er").status_code == 403
    assert "/design/library/diagrams/er" in designer.get("/design/library/book").text


def test_what_does_not_fit_is_mended_on_the_page(server: Server) -> None:
    api, head = server.api("hana"), server.browser("hana")
    api.made("/library/book", title="Alpha", isbn="1")
    api.made("/library/book", title="Beta")
    source = text_of(server, "entities/book.yaml").replace(
        "isbn: {type: text, unique", "isbn: {type: text, required: true, unique"
    )
    put = api("PUT", "/library/definitions/entities/book.yaml", json={"text": source})
    assert put.status_code == 200, put.json
    page = head.get("/design/library/publish")
    assert 'name="mend:library.book.isbn"' in page.text
    assert "Beta" not in page.text  # who may design an app need not be allowed to read its records
    state = hidden(page.text, "plan")
    refused = head.post("/design/library/publish", {"plan": state}, page="/apps")
    assert refused.status_code == 422
    mend = {"mend:library.book.isbn": "backfill", "backfill:library.book.isbn": "'none-' & title"}
    look = head.post("/design/library/publish", {"plan": state, "look": "1", **mend}, page="/apps")
    assert look.status_code == 200
    assert "none-Beta" not in look.text
    wrong = {**mend, "backfill:library.book.isbn": "nothing"}
    assert head.post("/design/library/publish", {"plan": state, **wrong}, page="/apps").status_code == 422
    done = head.post("/design/library/publish", {"plan": state, **mend}, page="/apps")
    assert done.status_code == 303, done.text
    books = api("GET", "/library/book?sort=title&fields=title,isbn").json["data"]
    assert [book["isbn"] for book in books if book["title"] in {"Alpha", "Beta"}] == ["1", "none-Beta"]


def test_wishes_over_http_are_checked(server: Server) -> None:
    api = server.api("hana")
    api.made("/library/book", title="Alpha")
    source = text_of(server, "entities/book.yaml").replace(
        "isbn: {type: text, unique", "isbn: {type: text, required: true, unique"
    )
    files = {
        each["path"]: text_of(server, each["path"])
        for each in api("GET", "/library/definitions").json["data"]
    }
    body = {"sources": {**files, "entities/book.yaml": source}}
    plan = api("POST", "/library/plan", json=body).json
    (step,) = [each for each in plan["steps"] if each["failing"]]
    assert step["samples"] == []
    told = server.api("ada")("POST", "/library/plan", json=body).json
    assert [each["samples"] for each in told["steps"] if each["failing"]] == [["#1 Alpha"]]
    assert (step["field"], step["offers"]) == ("library.book.isbn", ["backfill", "default"])
    mistakes: tuple[Any, ...] = ([], {"library.book.isbn": "other"}, {"library.book.isbn": {"backfill": 1}})
    for bad in mistakes:
        assert api("POST", "/library/plan", json={**body, "mend": bad}).status_code == 400
    unknown = api("POST", "/library/plan", json={**body, "mend": {"library.book.nothing": "aside"}}).json
    assert unknown["obstacles"][0]["code"] == "P137"
    mended = {**body, "mend": {"library.book.isbn": {"backfill": "UPPER(title)"}}}
    assert api("POST", "/library/plan", json=mended).json["obstacles"] == []
    assert api("POST", "/library/apply", json=mended).status_code == 200
    assert api("GET", "/library/book?fields=isbn").json["data"][0]["isbn"] == "ALPHA"


def test_a_serial_number_is_designed_with_its_preview(server: Server) -> None:
    browser = server.browser("hana")
    assert change(browser, "add_field", type="serial", label="Signature") == 303
    before = text_of(server, "entities/book.yaml")
    shown = browser.get(f"{PATH}?field=signature").text
    assert "Such as 00042" in shown
    same = {"parts": "{count: 5}", "reset": "never", "per": "", "start": "1", "mode": "gapless"}
    change(browser, "set_field", field="signature", **same)
    assert text_of(server, "entities/book.yaml") == before
    wanted = {"parts": "B-\n{date: yyyyMM}\n{field: shelf}\n{count: 3}", "reset": "month", "per": "shelf"}
    assert (
        change(browser, "set_field", field="signature", **same | wanted | {"start": "7", "mode": "fast"})
        == 303
    )
    text = text_of(server, "entities/book.yaml")
    for line in (
        "date: yyyyMM",
        "field: shelf",
        "count: 3",
        "reset: month",
        "start: 7",
        "mode: fast",
        "per:",
    ):
        assert line in text
    assert "Such as B-202612SHELF042" in browser.get(f"{PATH}?field=signature").text
    assert change(browser, "set_field", field="signature", **same | {"start": "x"}) == 422
    change(browser, "set_field", field="signature", **same)
    assert text_of(server, "entities/book.yaml") == before


def test_a_filtered_list_becomes_a_saved_view(server: Server) -> None:
    browser, api = server.browser("hana"), server.api("hana")
    for title, price in (("Cheap", "1.00"), ("Dear", "150.00"), ("Dearest", "900.00")):
        api.made("/library/book", title=title, price=price)
    path = "/library/book?view=dear&filter=price+%3E+500&sort=-title"
    assert "filter-save" in browser.get(path).text
    saved = {
        "operation": "add_view",
        "label": "Precious",
        "view": "dear",
        "filter": "price > 500",
        "sort": "-title",
    }
    answer = browser.post(PATH, saved, page="/apps")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/design/library/publish")
    before = (LIBRARY / "views/book.yaml").read_text("utf-8")
    added = "\n".join(differing(before, text_of(server, "views/book.yaml")))
    assert "precious" in added
    assert "price > 100" in added
    assert "price > 500" in added
    assert "-title" in added
    assert api("POST", "/library/apply").status_code == 200
    page = browser.get("/library/book?view=precious").text
    assert "Dearest" in page
    assert "Cheap" not in page


def test_a_view_of_an_entity_without_a_file_keeps_the_one_of_all_records(server: Server) -> None:
    browser = server.browser("hana")
    saved = {"operation": "add_view", "label": "本馆", "filter": "name = 'x'"}
    answer = browser.post("/design/library/reader", saved, page="/apps")
    assert answer.status_code == 303
    text = text_of(server, "views/reader.yaml")
    assert text.startswith("views:\n  all:")
    assert "name = 'x'" in text


def test_a_wrong_filter_is_not_saved(server: Server) -> None:
    browser = server.browser("hana")
    for given in ({"filter": "prize > 1"}, {"filter": "price > 1", "sort": "nothing"}):
        assert change(browser, "add_view", label="W", **given) == 422
    assert text_of(server, "views/book.yaml") == (LIBRARY / "views/book.yaml").read_text("utf-8")
    clerk = server.browser("cleo")
    assert "filter-save" not in clerk.get("/library/book?filter=price+%3E+1").text
    assert change(clerk, "add_view", label="W", filter="price > 1") == 403


def test_a_formula_need_not_be_stored(sqlite_server: Server) -> None:
    """The switch stands with fields that have a formula; who takes the formula away stores what people enter."""
    browser = sqlite_server.browser("hana")

    def line() -> str:
        written = text_of(sqlite_server, "entities/book.yaml").splitlines()
        return next(each for each in written if each.strip().startswith("pages:"))

    assert 'name="stored"' not in browser.get("/design/library/book?field=pages").text
    assert change(browser, "set_field", field="pages", formula="LEN(title)", required="") == 303
    assert 'name="stored"' in browser.get("/design/library/book?field=pages").text
    given = {"field": "pages", "formula": "LEN(title)", "has_stored": "1"}
    assert change(browser, "set_field", **given, stored="false") == 303
    assert "stored: false" in line()
    assert change(browser, "set_field", **given, stored="true") == 303
    assert "stored" not in line()
    assert change(browser, "set_field", **given, stored="false") == 303
    assert change(browser, "set_field", **{**given, "formula": ""}, stored="false") == 303
    assert "stored" not in line()
