"""Every entry point of the server, in one table."""

from __future__ import annotations

from dougong.web import health
from dougong.web.api import apps, definitions, description, details, records
from dougong.web.api import figures as api_figures
from dougong.web.api import transfer as api_transfer
from dougong.web.pages import (
    administration,
    assets,
    design,
    figures,
    forms,
    home,
    lists,
    own,
    pickers,
    sign_in,
    transfer,
)
from dougong.web.pages import records as record_pages
from dougong.web.routes import Route, api, page

IMPORT = "/<app>/<entity>/import/<token>"
RECORD = "/<app>/<entity>/<identifier>"

OPEN: tuple[Route, ...] = (
    Route("GET", "/healthz", health.alive, access="public"),
    Route("GET", "/readyz", health.ready, access="public"),
    Route("GET", "/metrics", health.metrics, access="public", parameters=None),
    Route("GET", "/static/<path:path>", assets.static, access="public", parameters=None),
    Route("GET", "/favicon.ico", assets.favicon, access="public", parameters=None),
    page("GET", "/sign-in", sign_in.page, access="public"),
    page("POST", "/sign-in", sign_in.enter, access="public", guarded=False),
    page("GET", "/set-up", sign_in.set_up_page, access="public"),
    page("POST", "/set-up", sign_in.set_up, access="public", guarded=False),
)
API: tuple[Route, ...] = (
    Route("GET", "/openapi.json", description.openapi),
    api("GET", "/apps", apps.apps),
    api("GET", "/<app>", apps.app),
    api("GET", "/files/<identifier>", details.file),
    api("GET", "/<app>/definitions", definitions.files, scope="admin"),
    api("DELETE", "/<app>/definitions", definitions.drop, scope="admin"),
    api("GET", "/<app>/definitions/<path:path>", definitions.read, scope="admin"),
    api("PUT", "/<app>/definitions/<path:path>", definitions.put, scope="admin"),
    api("POST", "/<app>/plan", definitions.plan, scope="admin"),
    api("POST", "/<app>/apply", definitions.apply, scope="admin"),
    api("GET", "/<app>/reports/<report>", api_figures.report, "filter"),
    api("GET", "/<app>/dashboards/<dashboard>", api_figures.dashboard),
    api("GET", "/<app>/<entity>", records.list_, *records.LIST_PARAMETERS),
    api("POST", "/<app>/<entity>", records.create),
    api("POST", "/<app>/<entity>/batch", records.batch),
    api("GET", "/<app>/<entity>/aggregate", records.aggregate, *records.AGGREGATE_PARAMETERS),
    api("POST", "/<app>/<entity>/files", details.attach, "field"),
    api("POST", "/<app>/<entity>/import", api_transfer.import_, *api_transfer.IMPORT_PARAMETERS),
    api("GET", "/<app>/<entity>/export", api_transfer.export, *api_transfer.EXPORT_PARAMETERS),
    api("GET", "/<app>/<entity>/choose/<field>", details.choose, "q"),
    api("GET", RECORD, records.read, "expand"),
    api("PATCH", RECORD, records.update),
    api("DELETE", RECORD, records.delete),
    api("POST", f"{RECORD}/restore", records.restore),
    api("GET", f"{RECORD}/history", details.history, "limit"),
    api("GET", f"{RECORD}/comments", details.comments),
    api("POST", f"{RECORD}/comments", details.comment),
    api("GET", f"{RECORD}/attachments", details.attachments),
    api("GET", f"{RECORD}/related/<inverse>", details.related, *details.RELATED_PARAMETERS),
)
PAGES: tuple[Route, ...] = (
    page("GET", "/", home.home),
    page("GET", "/apps", home.apps),
    page("GET", "/search", home.search),
    page("POST", "/preferences", home.preferences),
    page("POST", "/preferences/language", home.language),
    page("POST", "/sign-out", sign_in.leave),
    page("GET", "/profile", own.profile),
    page("POST", "/profile/password", own.password),
    page("POST", "/profile/sessions/<identifier>/end", own.end_session),
    page("POST", "/profile/tokens", own.add_token),
    page("POST", "/profile/tokens/<identifier>/revoke", own.revoke_token),
    page("GET", "/people", administration.people, access="admin"),
    page("GET", "/versions", administration.versions, access="admin"),
    page("POST", "/versions/<app>/rollback", administration.rollback, access="admin"),
    page("GET", "/templates", administration.templates, access="admin"),
    page("POST", "/templates/<app>/install", administration.install, access="admin"),
    page("GET", "/files/<identifier>", pickers.give_file),
    page("GET", "/<app>/<entity>/choose/<field>", pickers.choose),
    page("POST", "/<app>/<entity>/files/<field>", pickers.keep_file),
    page("GET", "/design/<app>", design.start),
    page("GET", "/design/<app>/publish", design.publish_page),
    page("POST", "/design/<app>/publish", design.publish),
    page("GET", "/design/<app>/<entity>", design.designer),
    page("POST", "/design/<app>/<entity>", design.change),
    page("GET", "/<app>", home.app),
    page("GET", "/<app>/reports/<report>", figures.report),
    page("GET", "/<app>/dashboards/<dashboard>", figures.dashboard),
    page("GET", "/<app>/<entity>", lists.list_),
    page("POST", "/<app>/<entity>/delete", lists.delete_chosen),
    page("GET", "/<app>/<entity>/new", forms.new),
    page("POST", "/<app>/<entity>/new", forms.create_one),
    page("GET", "/<app>/<entity>/export", transfer.export),
    page("GET", "/<app>/<entity>/import", transfer.upload_page),
    page("POST", "/<app>/<entity>/import", transfer.upload),
    page("GET", f"{IMPORT}", transfer.step),
    page("POST", f"{IMPORT}/try", transfer.try_out),
    page("POST", f"{IMPORT}/run", transfer.run),
    page("GET", f"{IMPORT}/failed", transfer.failed),
    page("POST", f"{IMPORT}/undo", transfer.undo),
    page("GET", RECORD, record_pages.show_record),
    page("GET", f"{RECORD}/edit", forms.edit),
    page("POST", f"{RECORD}/edit", forms.update_one),
    page("POST", f"{RECORD}/move", record_pages.move),
    page("POST", f"{RECORD}/comments", record_pages.comment),
    page("POST", f"{RECORD}/delete", record_pages.remove),
)
ROUTES: tuple[Route, ...] = (*OPEN, *API, *PAGES)
