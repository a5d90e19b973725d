"""Every command of the program, and where it stands; a command's module is imported when it is needed, as starting counts."""

from __future__ import annotations

from importlib import import_module

from dougong.cli.command import Command

PLACES: tuple[tuple[str, str, str], ...] = (
    ("check", "check", "COMMAND"),
    ("plan", "planning", "PLAN"),
    ("apply", "planning", "APPLY"),
    ("rollback", "planning", "ROLLBACK"),
    ("serve", "serve", "COMMAND"),
    ("demo", "demo", "COMMAND"),
    ("import", "transfer", "IMPORT"),
    ("export", "transfer", "EXPORT"),
    ("batch", "changes", "BATCH"),
    ("undo", "changes", "UNDO"),
    ("purge", "purge", "COMMAND"),
    ("renumber", "renumber", "COMMAND"),
    ("rebuild", "rebuild", "COMMAND"),
    ("user", "users", "USER"),
    ("token", "users", "TOKEN"),
    ("department", "organisation", "DEPARTMENT"),
    ("team", "organisation", "TEAM"),
    ("organisation", "organisation", "ORGANISATION"),
    ("calendar", "calendar", "COMMAND"),
    ("template", "template", "COMMAND"),
    ("explain", "explain", "COMMAND"),
    ("diagram", "diagram", "COMMAND"),
    ("schema", "schema", "COMMAND"),
    ("backup", "backup", "BACKUP"),
    ("restore", "backup", "RESTORE"),
    ("verify", "verify", "COMMAND"),
    ("audit", "audit", "COMMAND"),
    ("files", "files", "COMMAND"),
    ("worker", "worker", "COMMAND"),
    ("settings", "settings", "COMMAND"),
)
"""Name, module of this package, and what the command is called there."""


def commands(only: str = "") -> tuple[Command, ...]:
    """The command of that name, or every command when there is none of it."""
    wanted = [place for place in PLACES if place[0] == only] or PLACES
    found = tuple(getattr(import_module(f"dougong.cli.{module}"), name) for _, module, name in wanted)
    assert all(isinstance(each, Command) for each in found)
    return found
