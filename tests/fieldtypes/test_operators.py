"""Every condition that a person is offered compiles, in the expression language, for the type it is offered for."""

import pytest

from dougong.expressions.compile import compile_expression
from dougong.expressions.scope import Scope
from dougong.fieldtypes import TYPES
from dougong.fieldtypes.operators import Operator
from dougong.fieldtypes.references import SEVERAL
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
    literal = kind.literal(kind.example(made), made)
    value = literal.split(", '")[0] if name == "choices" else "1042" if name in SEVERAL else literal
    text = operator.template.format(field="it", value=value, other=value, values=f"{value}, {value}")
    scope = Scope(
        names={"it": kind.expression_type(made)}, resolve=lambda key: {"id": Type("number", decimals=0)}
    )
    for sql in (False, True):
        compiled = compile_expression(text, scope, expect=Type("boolean"), sql=sql)
        assert isinstance(compiled, Expression), (text, compiled)
