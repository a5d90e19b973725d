"""Every door that is tried with two guilds: the areas of requests for each visitor, and the entry points that need none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dougong.web.table import ROUTES
from tests.rights import changing, reading
from tests.rights.visitor import Visitor

Area = Callable[[Visitor], None]

AREAS: Mapping[str, Sequence[Area]] = {
    "cleo": (
        reading.lists,
        reading.two_hops,
        reading.pages,
        reading.words,
        reading.choosing,
        reading.figures,
        reading.reports,
        reading.details,
        reading.explaining,
        reading.files,
        reading.typing,
        reading.descriptions,
        reading.exports,
        changing.lists_on_pages,
        changing.creating,
        changing.asking_twice,
        changing.updating,
        changing.several,
        changing.uploading,
        changing.importing,
        changing.exporting,
        changing.forms,
        changing.many,
        changing.merging,
        changing.lending,
        changing.histories,
        changing.keeping_views,
        changing.deciding,
        changing.designing,
        changing.deleting,
        changing.reverting,
        changing.standing_in,
        changing.own_pages,
        changing.delegating,
        changing.closed_doors,
        reading.two_hops,
        changing.lists_on_pages,
        changing.leaving,
    ),
    "dora": (
        changing.designing,
        changing.lists_on_pages,
        reading.typing,
        reading.descriptions,
        reading.two_hops,
    ),
}
"""All that one visitor asks for, in this order; what stands there is read once more after everything was changed."""

_OF_SIGNING_IN = (
    *("/sign-in/second", "/sign-in/passkey", "/profile/authenticator", "/profile/passkeys"),
    *("/profile/recovery-codes", "/profile/confirm", "/profile/new-password", "/profile/sessions/end"),
)
EXEMPT: Mapping[str, str] = {
    **{
        route.endpoint: "is about how one person signs in: secrets made by chance, and no record"
        for route in ROUTES
        if route.rule.startswith(_OF_SIGNING_IN)
    },
    "GET /healthz": "says that the process lives",
    "GET /readyz": "says that the database is there",
    "GET /metrics": "counts requests for whoever runs the machine: this machine or a token only",
    "GET /static/<path:path>": "files of the product, the same in every installation",
    "GET /favicon.ico": "a file of the product",
}
"""Entry points that answer nothing out of the data."""

_ADMINISTRATION = "for administrators, who may see everything"
UNOPENED: Mapping[str, str] = {
    **{route.endpoint: _ADMINISTRATION for route in ROUTES if route.access == "admin"},
    "POST /api/v1/<app>/<entity>/renumber/<field>": _ADMINISTRATION,
    "POST /api/v1/<app>/<entity>/<identifier>/reveal": "what is whole for whom may reveal it stands in the clear for them",
    "POST /<app>/<entity>/<identifier>/reveal": "what is whole for whom may reveal it stands in the clear for them",
    "POST /api/v1/<app>/apply": "publishes the same definitions in both",
    "POST /<app>/<entity>/import/<token>/options": "publishes options that a trial met; asks for the right to design",
    "POST /<app>/<entity>/import/<token>/continue": "goes on with an import that broke off, which is whole here",
    **dict.fromkeys(
        (
            "GET /api/v1/jobs/<identifier>",
            "GET /jobs/<identifier>",
            "POST /api/v1/jobs/<identifier>/cancel",
            "POST /jobs/<identifier>/cancel",
        ),
        "work of this size is done at once; somebody else's is compared as missing",
    ),
    **dict.fromkeys(
        (
            "GET /sign-in/with/<provider>",
            "GET /sign-in/with/<provider>/back",
            "GET /sign-out/with/<provider>",
            "GET /profile/sign-on/<provider>",
            "POST /profile/sign-on/<provider>/unlink",
        ),
        "there is no provider of single sign-on here",
    ),
    "POST /profile/email": "no mail is sent here",
    **dict.fromkeys(
        ("GET /forgotten", "POST /forgotten", "GET /link/<secret>"),
        "a way to come in, which knows accounts and no records",
    ),
    "POST /<app>/<entity>/<identifier>/share/<share>/end": "the same verb is opened through the API",
    **dict.fromkeys(
        ("POST /profile/delegations", "POST /profile/delegations/<identifier>/end"),
        "the same verbs are asked through the API",
    ),
    "POST /view-as/end": "ends an administrator's look through somebody else's eyes",
    **dict.fromkeys(("GET /link", "POST /link"), "nobody here has got a link by mail"),
    "POST /set-up": "is closed once there is an account",
    "POST /api/v1/tasks/<identifier>/approve": "the page of the same task is opened; both end in one verb",
    "POST /api/v1/tasks/<identifier>/reject": "the page of the same task is opened; both end in one verb",
    "POST /inbox/<identifier>/reject": "a task is decided once, and here it is approved",
}
"""Entry points that nobody among the visitors comes in by: their refusals are compared, no more."""
