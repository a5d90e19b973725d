"""One typed language for every condition, formula, default, filter, row rule and measure; two back ends that agree."""

from dougong.expressions.compile import check_form, compile_expression
from dougong.expressions.context import ActorFacts, EvaluationContext, Rows, SqlContext
from dougong.expressions.evaluate import evaluate, holds
from dougong.expressions.functions import ALIASES, FUNCTIONS, GROUPS
from dougong.expressions.scope import Scope, entity_scope, names_of, stage_type
from dougong.expressions.sql import to_sql
from dougong.expressions.sqlite import SQLITE_FUNCTIONS
from dougong.expressions.syntax import KEYWORDS

__all__ = [
    "ALIASES",
    "FUNCTIONS",
    "GROUPS",
    "KEYWORDS",
    "SQLITE_FUNCTIONS",
    "ActorFacts",
    "EvaluationContext",
    "Rows",
    "Scope",
    "SqlContext",
    "check_form",
    "compile_expression",
    "entity_scope",
    "evaluate",
    "holds",
    "names_of",
    "stage_type",
    "to_sql",
]
