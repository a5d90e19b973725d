"""What can be wrong with an expression: a code, a message in both languages, and where in the text it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dougong.diagnostics import Diagnostic, Place
from dougong.model.text import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of mistake; the message is a template over the parameters of a finding."""

    code: str
    message: Text
    explanation: Text


class Mistake(Exception):
    """Stops the reading or typing of one part of an expression; never leaves this package."""

    def __init__(self, code: str, position: int, hint: str = "", **parameters: object) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.hint = hint
        self.parameters = {key: str(value) for key, value in parameters.items()}


def _problem(code: str, en: str, zh: str, why_en: str, why_zh: str) -> Problem:
    return Problem(code, Text.of({"en": en, "zh": zh}), Text.of({"en": why_en, "zh": why_zh}))


PROBLEMS: Mapping[str, Problem] = {
    problem.code: problem
    for problem in (
        _problem(
            "D401",
            "unexpected {found}",
            "此处不应出现 {found}",
            "The text cannot be read as an expression at this point.",
            "表达式在此处无法读懂。",
        ),
        _problem(
            "D402",
            "the expression ends too early",
            "表达式不完整",
            "Something is missing at the end: an operand, a closing bracket or a quotation mark.",
            "末尾缺少内容：运算数、右括号或引号。",
        ),
        _problem(
            "D403",
            "too large: {what} above {limit}",
            "表达式过大：{what} 超过 {limit}",
            "Length, depth and number of parts of an expression are bounded. Split it into several fields.",
            "表达式的长度、层数和组成部分数量都有上限，请拆分到多个字段。",
        ),
        _problem(
            "D404",
            "there is no name '{name}' here",
            "这里没有名称“{name}”",
            "Only the fields of the record, of linked records and of sub-tables can be named.",
            "只能引用本记录、关联记录和子表的字段。",
        ),
        _problem(
            "D405",
            "there is no function {name}",
            "没有函数 {name}",
            "The function does not exist under this name.",
            "不存在这个名称的函数。",
        ),
        _problem(
            "D406",
            "{name} takes {expected} arguments, not {found}",
            "{name} 需要 {expected} 个参数，而不是 {found} 个",
            "The number of arguments does not fit the function.",
            "参数个数与函数不符。",
        ),
        _problem(
            "D407",
            "{name} needs {expected} here, not {found}",
            "{name} 在此需要{expected}，而不是{found}",
            "The type of the argument does not fit the function or operator.",
            "参数类型与函数或运算符不符。",
        ),
        _problem(
            "D408",
            "{left} cannot be compared with {right}",
            "{left}不能与{right}比较",
            "Only values of the same type can be compared.",
            "只有同类型的值才能比较。",
        ),
        _problem(
            "D409",
            "'{option}' is no option of {name}",
            "“{option}”不是 {name} 的选项",
            "A choice is compared by the id of its option, which the definition lists.",
            "选项字段以选项的标识比较，标识须在定义中列出。",
        ),
        _problem(
            "D410",
            "gives {found}, but {expected} is needed",
            "结果为{found}，但此处需要{expected}",
            "The result of the expression does not fit the place it is used in.",
            "表达式结果的类型与使用处不符。",
        ),
        _problem(
            "D411",
            "the branches give {left} and {right}",
            "各分支的结果类型不同：{left}与{right}",
            "All branches of a choice between values must give the same type.",
            "各分支必须返回相同类型。",
        ),
        _problem(
            "D412",
            "'{text}' is not {expected}",
            "“{text}”不是有效的{expected}",
            "A date is written '2026-12-31', a moment '2026-12-31T08:00:00+08:00'.",
            "日期写作 '2026-12-31'，时间写作 '2026-12-31T08:00:00+08:00'。",
        ),
        _problem(
            "D413",
            "{name} has many values: use it inside SUM, COUNT, AVERAGE, MIN, MAX, or with IN or IS EMPTY",
            "{name} 含有多个值：请用于 SUM、COUNT、AVERAGE、MIN、MAX 之中，或与 IN、IS EMPTY 连用",
            "A list stands only where a list is understood.",
            "列表只能用在接受列表的地方。",
        ),
        _problem(
            "D414",
            "{name} has nothing behind a dot",
            "{name} 之后不能再用点号",
            "Only links, sub-tables and stages have names behind a dot.",
            "只有关联、子表和阶段字段之后可以使用点号。",
        ),
        _problem(
            "D415",
            "{name} must stand inside SUM, COUNT, AVERAGE, MIN or MAX in a measure",
            "在度量中，{name} 必须位于 SUM、COUNT、AVERAGE、MIN 或 MAX 之内",
            "A measure is one figure for many records.",
            "度量是对多条记录得出的一个数。",
        ),
        _problem(
            "D416",
            "{name} cannot be computed in the database",
            "{name} 无法在数据库中计算",
            "Filters, row rules and measures are computed by the database. Put this part into a computed field and use that field.",
            "筛选、行级权限和度量在数据库中计算。请把这部分放入计算字段后再引用。",
        ),
        _problem(
            "D417",
            "{name} needs a constant here",
            "{name} 在此需要常量",
            "This argument must be written as a text or number, as it decides how the expression is translated.",
            "该参数必须直接写成文本或数字，因为它决定表达式如何翻译。",
        ),
        _problem(
            "D418",
            "there is no role '{name}'",
            "没有角色“{name}”",
            "HAS_ROLE takes the id of a role of this app.",
            "HAS_ROLE 的参数是本应用中角色的标识。",
        ),
        _problem(
            "D419",
            "{name} takes one of: {allowed}",
            "{name} 可用的值：{allowed}",
            "The argument is one of a few words.",
            "该参数只能取列出的值之一。",
        ),
        _problem(
            "D420",
            "{name} goes over one list at a time",
            "{name} 一次只能处理一个列表",
            "All lists inside one function must be columns of the same sub-table.",
            "同一函数中的列表必须来自同一个子表。",
        ),
        _problem(
            "D421",
            "{name} has no rows that WHERE could choose among",
            "{name} 没有可供 WHERE 筛选的行",
            "WHERE stands behind the values of a list: SUM(orders.amount WHERE status = 'paid').",
            "WHERE 写在列表的值之后：SUM(orders.amount WHERE status = 'paid')。",
        ),
        _problem(
            "D422",
            "there is no entity '{name}' here",
            "这里没有实体“{name}”",
            "ALL takes the id of an entity of this app.",
            "ALL 的参数是本应用中实体的标识。",
        ),
        _problem(
            "D426",
            "'{name}' goes over {list} itself, and cannot be read for each of {list}",
            "“{name}”自身遍历 {list},不能再对 {list} 逐条读取",
            "A virtual field that goes over all records of an entity cannot be worked out for every record of the same list. Store it.",
            "遍历某实体全部记录的虚拟字段不能再对同一列表逐条计算;请存储其值。",
        ),
    )
}


def diagnostic(mistake: Mistake, place: Place | None, path: str) -> Diagnostic:
    """The finding of a mistake, in English, with the 1-based column inside the expression among its parameters."""
    column = str(mistake.position + 1)
    problem = PROBLEMS[mistake.code]
    message = f"column {column}: {problem.message.get('en').format_map(mistake.parameters)}"
    parameters = (("column", column), *mistake.parameters.items())
    return Diagnostic(mistake.code, message, path, place, mistake.hint, parameters=parameters)
