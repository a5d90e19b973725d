"""Signing in, for tests of what comes after it."""

from typing import Any

from dougong.people.sessions import Begun
from dougong.people.sign_in import Entered, Visitor, sign_in
from dougong.storage.database import Database


def entered(database: Database, login: str, password: str, **where: Any) -> Begun:
    """The session that a login and a password begin where no second factor is asked for."""
    found = sign_in(database, login, password, Visitor(**where))
    assert isinstance(found, Entered)
    return found.begun
