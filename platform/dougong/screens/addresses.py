"""The addresses of the screens: the one place that knows how a path is spelled."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode


def entity_path(key: str) -> str:
    """The list of an entity (`crm.account`)."""
    app, _, entity = key.partition(".")
    return f"/{app}/{entity}"


def record_path(key: str, identifier: int | str) -> str:
    """The page of one record."""
    return f"{entity_path(key)}/{identifier}"


def bin_path(key: str) -> str:
    """The recycle bin of an entity."""
    return f"{entity_path(key)}/bin"


def numbering_path(key: str, field: str) -> str:
    """Where the records of an entity are numbered again."""
    return f"{entity_path(key)}/renumber/{field}"


def history_path(key: str, identifier: int | str) -> str:
    """The whole history of a record."""
    return f"{record_path(key, identifier)}/history"


def audit_path() -> str:
    """The audit trail."""
    return "/audit"


def revert_path(key: str, identifier: int | str, entry: int | str) -> str:
    """Where an event of a record's history, or its batch, is looked at before it is taken back."""
    return f"{history_path(key, identifier)}/{entry}/revert"


def merge_path(key: str, identifier: int | str) -> str:
    """Where a record is merged with others."""
    return f"{record_path(key, identifier)}/merge"


def share_path(key: str, identifier: int | str) -> str:
    """Where a record is shared."""
    return f"{record_path(key, identifier)}/share"


def transfer_path(key: str, identifier: int | str) -> str:
    """Where a record is given to another owner."""
    return f"{record_path(key, identifier)}/transfer"


def report_path(app: str, report: str) -> str:
    """A report's page."""
    return f"/{app}/reports/{report}"


def dashboard_path(app: str, dashboard: str) -> str:
    """A dashboard's page."""
    return f"/{app}/dashboards/{dashboard}"


def designer_path(app: str, entity: str = "") -> str:
    """The designer of an app or of one of its entities."""
    return f"/design/{app}/{entity}" if entity else f"/design/{app}"


def rules_path(app: str, entity: str) -> str:
    """The designer's page of the rules of an entity."""
    return f"{designer_path(app, entity)}/rules"


def file_path(identifier: int | str) -> str:
    """Where a file is downloaded."""
    return f"/files/{identifier}"


def with_query(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """A path with query parameters; empty ones are left out."""
    query = urlencode([(name, value) for name, value in parameters if value], quote_via=quote)
    return f"{path}?{query}" if query else path
