"""Every condition that a person is offered compiles, in the expression language, for the type it is offered for."""

import pytest

from dougong.expressions.compile import compile_expression
from dougong.expressions.scope import Scope
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.operators import Operator
from dougong.model.expression import Expression, Type
from tests.fieldtypes.factory import field

OFFERED = [
    pytest.param(name, operator, id=f"{name}-{operator.id}")
    for name in TYPES
    for operator in TYPES[name].operators
]


@pytest.mark.parametrize(("name", "operator"), OFFERED)
def test_a_condition_compiles_for_python_and_sql(name: str, operator: Operator) -> None:
    kind, made = TYPES[name], field(name)
    literals = kind.literals(kind.example(made), made)
    text = operator.condition("it", (literals[0], literals[-1]))
    scope = Scope(
        names={"it": kind.expression_type(made)}, resolve=lambda key: {"id": Type("number", decimals=0)}
    )
    for sql in (False, True):
        compiled = compile_expression(text, scope, expect=Type("boolean"), sql=sql)
        assert isinstance(compiled, Expression), (text, compiled)
