"""The closed list of what a plan can do to the tables of an app."""

from dougong.storage.operations.base import (
    NOTHING,
    Impact,
    Operation,
    execute,
)
from dougong.storage.operations.checks import CheckBounds, CheckRule, RequireOthers
from dougong.storage.operations.columns import (
    AddColumn,
    ChangeReference,
    ChangeType,
    RemoveColumn,
    RemoveOptions,
    RenameColumn,
    RestoreColumn,
    SetRequired,
    TightenField,
)
from dougong.storage.operations.indexes import (
    AddIndex,
    DropIndex,
    RebuildSearch,
)
from dougong.storage.operations.links import CopyFromLinks, CopyToLinks
from dougong.storage.operations.standing import EmbedRecords, MakeRecords
from dougong.storage.operations.tables import (
    AddReferences,
    AttachReferences,
    CreateTable,
    DropTable,
    RemoveTable,
    RenameTable,
    RestoreTable,
)
from dougong.storage.operations.values import FillValues, Mend

__all__ = [
    "NOTHING",
    "AddColumn",
    "AddIndex",
    "AddReferences",
    "AttachReferences",
    "ChangeReference",
    "ChangeType",
    "CheckBounds",
    "CheckRule",
    "CopyFromLinks",
    "CopyToLinks",
    "CreateTable",
    "DropIndex",
    "DropTable",
    "EmbedRecords",
    "FillValues",
    "Impact",
    "MakeRecords",
    "Mend",
    "Operation",
    "RebuildSearch",
    "RemoveColumn",
    "RemoveOptions",
    "RemoveTable",
    "RenameColumn",
    "RenameTable",
    "RequireOthers",
    "RestoreColumn",
    "RestoreTable",
    "SetRequired",
    "TightenField",
    "execute",
]
