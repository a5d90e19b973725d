"""The frozen shapes of all screens: what a builder in `screens/` decides and a renderer shows.

Every text is ready to be shown in the reader's language, every address (`href`, `action`) is a local path
that the reader may use, and every action that stands in a shape is allowed. A renderer adds no rights, no
translation of data and no arithmetic.
"""

from __future__ import annotations

from dougong.screens.shape.apps import AppCard, AppsScreen
from dougong.screens.shape.audit import AuditInput, AuditLine, AuditScreen, RevertScreen
from dougong.screens.shape.calendar import CalendarDayCell, CalendarMonth, CalendarScreen
from dougong.screens.shape.changes import (
    BinScreen,
    Candidate,
    HistoryScreen,
    MergeChoice,
    MergeRecord,
    MergeRow,
    MergeScreen,
    NumberingScreen,
)
from dougong.screens.shape.conditions import ConditionBuilder, ConditionField, ConditionRow
from dougong.screens.shape.dashboard import (
    ChartCard,
    DashboardScreen,
    ListCard,
    NumberCard,
    TableCard,
)
from dougong.screens.shape.designer import (
    DesignerEntity,
    DesignerField,
    DesignerScreen,
    DesignerSection,
    PaletteGroup,
    PaletteType,
)
from dougong.screens.shape.directory import DirectoryScreen, Narrowing
from dougong.screens.shape.entry import EntryField, EntryScreen
from dougong.screens.shape.export import ExportScreen
from dougong.screens.shape.figures import Chart, ChartSeries
from dougong.screens.shape.form import (
    Alternative,
    Choice,
    FormField,
    FormRow,
    FormScreen,
    FormSection,
    SubTable,
)
from dougong.screens.shape.import_ import (
    ImportChoice,
    ImportColumn,
    ImportConstant,
    ImportCount,
    ImportMode,
    ImportReason,
    ImportScreen,
    ImportTick,
)
from dougong.screens.shape.inbox import InboxScreen, Opinion, TaskLine, TaskPane
from dougong.screens.shape.kanban import CardMove, KanbanCard, KanbanColumn, KanbanScreen, Requirement
from dougong.screens.shape.list import (
    ColumnChoice,
    Filter,
    FilterChip,
    FilterField,
    ListHead,
    ListScreen,
    Paging,
    SortChoice,
    ViewMenu,
)
from dougong.screens.shape.parts import (
    Action,
    Column,
    Confirm,
    Empty,
    Link,
    Notice,
    Piece,
    Problem,
    Row,
    Shown,
    Tab,
    Table,
    Total,
)
from dougong.screens.shape.places import PlaceCard, PlaceEditor, PlaceGroup, PlacesScreen
from dougong.screens.shape.problem import Detail, ProblemScreen
from dougong.screens.shape.publish import FileChange, PlanGroup, PlanLine, PublishScreen
from dougong.screens.shape.record import (
    ApprovalBox,
    ApprovalStep,
    Change,
    Event,
    Fact,
    PathStage,
    RecordField,
    RecordScreen,
    RecordSection,
    RelatedList,
    Requirements,
    Timeline,
)
from dougong.screens.shape.renderer import Renderer, RequestInfo, Submitted
from dougong.screens.shape.report import ReportScreen
from dougong.screens.shape.rights import AccessPerson, AccessScreen, WhyPart, WhyReason, WhyScreen
from dougong.screens.shape.rules import (
    DesignerHead,
    RuleAction,
    RuleCard,
    RuleEditor,
    RuleExample,
    RuleLimit,
    RulePreview,
    RulesScreen,
    RuleTick,
    RuleValue,
)
from dougong.screens.shape.settings import SettingsScreen, SettingsSection, SettingsUpload
from dougong.screens.shape.shell import MenuEntry, PaletteEntry, Shell, ShellApp
from dougong.screens.shape.sign_in import DemoAccount, PasskeyUse, SignInScreen
from dougong.screens.shape.templates import TemplateCard, TemplatesScreen, TemplateUpdate
from dougong.screens.shape.work import WorkScreen

Screen = (
    AccessScreen
    | AppsScreen
    | AuditScreen
    | CalendarScreen
    | DashboardScreen
    | DesignerScreen
    | DirectoryScreen
    | ExportScreen
    | FormScreen
    | ImportScreen
    | InboxScreen
    | KanbanScreen
    | ListScreen
    | PlacesScreen
    | ProblemScreen
    | PublishScreen
    | BinScreen
    | HistoryScreen
    | MergeScreen
    | NumberingScreen
    | RecordScreen
    | ReportScreen
    | RevertScreen
    | RulePreview
    | RulesScreen
    | SettingsScreen
    | EntryScreen
    | SignInScreen
    | TemplatesScreen
    | WhyScreen
    | WorkScreen
)
"""Every kind of screen; a renderer has an answer for each."""

__all__ = [
    "AccessPerson",
    "AccessScreen",
    "Action",
    "Alternative",
    "AppCard",
    "ApprovalBox",
    "ApprovalStep",
    "AppsScreen",
    "AuditInput",
    "AuditLine",
    "AuditScreen",
    "BinScreen",
    "CalendarDayCell",
    "CalendarMonth",
    "CalendarScreen",
    "Candidate",
    "CardMove",
    "Change",
    "Chart",
    "ChartCard",
    "ChartSeries",
    "Choice",
    "Column",
    "ColumnChoice",
    "ConditionBuilder",
    "ConditionField",
    "ConditionRow",
    "Confirm",
    "DashboardScreen",
    "DemoAccount",
    "DesignerEntity",
    "DesignerField",
    "DesignerHead",
    "DesignerScreen",
    "DesignerSection",
    "Detail",
    "DirectoryScreen",
    "Empty",
    "EntryField",
    "EntryScreen",
    "Event",
    "ExportScreen",
    "Fact",
    "FileChange",
    "Filter",
    "FilterChip",
    "FilterField",
    "FormField",
    "FormRow",
    "FormScreen",
    "FormSection",
    "HistoryScreen",
    "ImportChoice",
    "ImportColumn",
    "ImportConstant",
    "ImportCount",
    "ImportMode",
    "ImportReason",
    "ImportScreen",
    "ImportTick",
    "InboxScreen",
    "KanbanCard",
    "KanbanColumn",
    "KanbanScreen",
    "Link",
    "ListCard",
    "ListHead",
    "ListScreen",
    "MenuEntry",
    "MergeChoice",
    "MergeRecord",
    "MergeRow",
    "MergeScreen",
    "Narrowing",
    "Notice",
    "NumberCard",
    "NumberingScreen",
    "Opinion",
    "Paging",
    "PaletteEntry",
    "PaletteGroup",
    "PaletteType",
    "PasskeyUse",
    "PathStage",
    "Piece",
    "PlaceCard",
    "PlaceEditor",
    "PlaceGroup",
    "PlacesScreen",
    "PlanGroup",
    "PlanLine",
    "Problem",
    "ProblemScreen",
    "PublishScreen",
    "RecordField",
    "RecordScreen",
    "RecordSection",
    "RelatedList",
    "Renderer",
    "ReportScreen",
    "RequestInfo",
    "Requirement",
    "Requirements",
    "RevertScreen",
    "Row",
    "RuleAction",
    "RuleCard",
    "RuleEditor",
    "RuleExample",
    "RuleLimit",
    "RulePreview",
    "RuleTick",
    "RuleValue",
    "RulesScreen",
    "Screen",
    "SettingsScreen",
    "SettingsSection",
    "SettingsUpload",
    "Shell",
    "ShellApp",
    "Shown",
    "SignInScreen",
    "SortChoice",
    "SubTable",
    "Submitted",
    "Tab",
    "Table",
    "TableCard",
    "TaskLine",
    "TaskPane",
    "TemplateCard",
    "TemplateUpdate",
    "TemplatesScreen",
    "Timeline",
    "Total",
    "ViewMenu",
    "WhyPart",
    "WhyReason",
    "WhyScreen",
    "WorkScreen",
]
