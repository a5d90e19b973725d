"""Every command of the program."""

from __future__ import annotations

from dougong.cli import (
    backup,
    check,
    demo,
    diagram,
    explain,
    planning,
    schema,
    serve,
    settings,
    template,
    transfer,
    users,
    verify,
    worker,
)
from dougong.cli.command import Command

COMMANDS: tuple[Command, ...] = (
    check.COMMAND,
    planning.PLAN,
    planning.APPLY,
    planning.ROLLBACK,
    serve.COMMAND,
    demo.COMMAND,
    transfer.IMPORT,
    transfer.EXPORT,
    users.USER,
    users.TOKEN,
    template.COMMAND,
    explain.COMMAND,
    diagram.COMMAND,
    schema.COMMAND,
    backup.BACKUP,
    backup.RESTORE,
    verify.COMMAND,
    worker.COMMAND,
    settings.COMMAND,
)
