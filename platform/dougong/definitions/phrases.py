"""Words that the messages of findings are made of, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from dougong.definitions.codes.entry import Pair
from dougong.definitions.schemas.common import ID_PATTERN, LANGUAGE_PATTERN
from dougong.expressions.types import KINDS as KINDS_OF_VALUES

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "string": "a text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a mapping",
        "null": "nothing",
    }
)
"""The types of JSON Schema as people say them."""

TRUTHS = frozenset({"yes", "no", "on", "off", "y", "n", "t", "f", "true", "false", "是", "否", "0", "1"})
"""Texts that somebody writes who means true or false."""

FORMS: Mapping[str, str] = MappingProxyType(
    {
        ID_PATTERN: "an id (lower-case letters, digits and single underscores, beginning with a letter)",
        LANGUAGE_PATTERN: "a language (such as zh or en)",
        r"^([a-z](_?[a-z0-9])*\.)?[a-z](_?[a-z0-9])*$": "an entity, or app.entity",
        r"^-?[a-z](_?[a-z0-9])*$": "a field, with - before it for descending",
        "^[a-z0-9]+(-[a-z0-9]+)*$": "the name of an icon (such as building-store)",
        "^https://": "an address that begins with https://",
        "^[A-Z]{3}$": "a currency (three capital letters such as CNY)",
        r"^>= ?[0-9]{1,6}(\.[0-9]{1,6}){0,2}$": "a lower bound of the version (such as >=0.1)",
        r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})(-[0-9a-z.]{1,30})?$": "a version (such as 1.0.0)",
        r"^[a-z](_?[a-z0-9])*\.[a-z](_?[a-z0-9])*$": "entity.view",
        r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*){0,3}$": "a field, or a path such as account.industry",
        r"^[a-z](_?[a-z0-9])*(\.[a-z](_?[a-z0-9])*)?$": "a field, or a column of a sub-table such as lines.cost",
        "^[a-z0-9][a-z0-9_]{0,39}$": "the id of an option (lower-case letters, digits and underscores)",
        r"^([a-z][a-z0-9_]{0,39}\.)?[a-z][a-z0-9_]{0,39}$": "an entity, or app.entity",
        r"^(\.[A-Za-z0-9]{1,10}|[a-z]+/([a-z0-9.+\-]+|\*))$": "a kind of file (such as .pdf or image/*)",
        r"^(yyyy|yy|YYYY|MM|dd|ww|[-/._])+$": "a form of date (such as yyyyMM)",
        "^[A-Za-z][A-Za-z0-9_+/-]*$": "a time zone (such as Asia/Shanghai)",
        "^(INITIATOR|[a-z](_?[a-z0-9])*)$": "a member field, or INITIATOR",
        "^(app|[a-z]+/[a-z](_?[a-z0-9])*)$": "a file of the app such as entities/account",
    }
)
"""What a text must look like, by the pattern that says so."""

_CHINESE: Mapping[str, str] = {
    "a text": "文本",
    "length": "长度",
    "depth": "层数",
    "parts": "组成部分",
    "brackets": "同时打开的括号",
    "words": "词和符号",
    "digits of a number": "数字的位数",
    "a number": "数字",
    "a whole number": "整数",
    "true or false": "true 或 false",
    "a list": "列表",
    "a mapping": "映射",
    "nothing": "空",
    "an id (lower-case letters, digits and single underscores, beginning with a letter)": "标识(小写字母、数字和单个下划线,以字母开头)",
    "a language (such as zh or en)": "语言(例如 zh 或 en)",
    "an entity, or app.entity": "实体,或“应用.实体”",
    "a field, with - before it for descending": "字段,前加 - 表示降序",
    "the name of an icon (such as building-store)": "图标名称(例如 building-store)",
    "an address that begins with https://": "以 https:// 开头的地址",
    "a currency (three capital letters such as CNY)": "币种(三个大写字母,例如 CNY)",
    "a lower bound of the version (such as >=0.1)": "最低版本(例如 >=0.1)",
    "a version (such as 1.0.0)": "版本(例如 1.0.0)",
    "the id of an option (lower-case letters, digits and underscores)": "选项标识(小写字母、数字和下划线)",
    "a kind of file (such as .pdf or image/*)": "文件种类(例如 .pdf 或 image/*)",
    "a form of date (such as yyyyMM)": "日期格式(例如 yyyyMM)",
    "a time zone (such as Asia/Shanghai)": "时区(例如 Asia/Shanghai)",
    "entity.view": "“实体.视图”",
    "a field, or a path such as account.industry": "字段,或路径(例如 account.industry)",
    "a field, or a column of a sub-table such as lines.cost": "字段,或子表的列(例如 lines.cost)",
    "a member field, or INITIATOR": "成员字段,或 INITIATOR",
    "a file of the app such as entities/account": "应用中的文件(例如 entities/account)",
    "write true or false": "请写 true 或 false",
    "remove it": "请删除",
    "remove it, or write it as an escape inside double quotes": "请删除,或在双引号中用转义书写",
    "put it in quotes": "请加引号",
    "put a text that begins with it in quotes": "以它开头的文本请加引号",
    "write a whole number without quotes, leading zeros or underscores": "请写不带引号、前导零和下划线的整数",
    "write a number without quotes, leading zeros or underscores": "请写不带引号、前导零和下划线的数字",
    "every way on has a condition": "所有出路都带条件",
    "it has no 'next'": "没有 next",
    "a node without approval": "没有审批的节点",
    "still in use": "仍在使用",
    "a title with fields in braces (such as {name})": "带有花括号字段的标题(例如 {name})",
    "a field of another type": "其他类型的字段",
    "a dimension": "某个维度",
    "a field with words": "含文字的字段",
    "a field with one value": "单值字段",
    "a field that can be sorted by": "可排序的字段",
    "a field that can be written": "可写入的字段",
    "a stage, choice, member or boolean": "阶段、选项、成员或布尔字段",
    "a member field": "成员字段",
    "a form": "表单",
    "views": "视图",
    "rows of a sub-table hold single values": "子表的行只能包含单个值",
    "this choice": "该选项字段",
    "an aggregate": "聚合函数",
    "a single value": "单个值",
    "nothing of the kind": "其他内容",
    "something else": "其他内容",
    "stages are ordered by .position": "阶段请用 .position 比较先后",
    "split it into two computed fields": "请拆分为两个计算字段",
    "definitions end in .yaml or .json, rows in .csv": "定义文件以 .yaml 或 .json 结尾,数据以 .csv 结尾",
    "a comma or ] is missing": "缺少逗号或 ]",
    "a comma or } is missing": "缺少逗号或 }",
    "a colon stands where no key can be": "冒号出现在不能有键的位置",
    "a key is expected here": "此处应为键",
    "a colon is missing after the key": "键后缺少冒号",
    "a quote is not closed": "引号没有闭合",
    "a value cannot begin with this character": "值不能以此字符开头",
    "a list item (-) is expected here": "此处应为列表项 (-)",
    "a list cannot begin here": "此处不能开始列表",
    "a value is missing": "缺少值",
    "the escape after \\ is unknown": "\\ 之后的转义未知",
    "a name is missing after & or *": "& 或 * 之后缺少名称",
    "something follows after the value": "值之后还有内容",
    "a value is expected": "此处应为值",
    "the text ends too early": "文本过早结束",
    "the text in quotes is not closed or holds an unknown escape or a line break": "引号中的文本没有闭合,或含有未知转义或换行",
    "a key in double quotes is expected": "此处应为双引号中的键",
    "a colon is expected after the key": "键后应为冒号",
    "a comma or ] is expected": "此处应为逗号或 ]",
    "a comma or } is expected": "此处应为逗号或 }",
    "a comma must not stand before the closing bracket": "右括号前不能有逗号",
}


_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"did you mean '(.*)'\?", "是不是“{0}”?"),
        (r"at most (.*)", "最多 {0}"),
        (r"at least (.*)", "至少 {0}"),
        (r"options: (.*)", "选项:{0}"),
        (r"for example (.*)", "例如 {0}"),
        (r"rename it to (.*)", "请重命名为 {0}"),
        (r"the former name of '(.*)'", "“{0}”的旧名称"),
        (r"the field '(.*)'", "字段“{0}”"),
        (r"a value for '(.*)' \((.*)\)", "可用于“{0}”({1})的值"),
        (r"a list of (.*)", "{0}的列表"),
        (r"written (.*)", "写作 {0}"),
        (r"it has (.*)", "可用:{0}"),
        (r"the pattern '(.*)' is not possible: (.*)", "格式“{0}”无法使用:{1}"),
        (r"(\d+) files", "{0} 个文件"),
        (r"(\d+) bytes", "{0} 字节"),
        (r"(.*) gives text", "{0} 得到文本"),
        (r"(.*) takes any text", "{0} 可用任意文本"),
        (r"(.*) goes over a sub-table or a list: (.*)", "{0} 用于子表或列表:{1}"),
        (
            r"write (.*): first over the rows of a record, then over the records",
            "请写 {0}:先按记录的行,再按记录",
        ),
    )
)
"""Phrases with a part that is somebody's own word."""


def in_language(value: str, language: int) -> str:
    """A phrase in Chinese (1) or English (0); other words as they are."""
    if language == 0:
        return value
    if value in PHRASES:
        return PHRASES[value][1]
    for pattern, chinese in _PATTERNS:
        match = pattern.fullmatch(value)
        if match:
            return chinese.format(*(in_language(part, language) for part in match.groups()))
    if " or " in value and all(part in PHRASES for part in value.split(" or ")):
        return "或".join(PHRASES[part][1] for part in value.split(" or "))
    return value


PHRASES: Mapping[str, Pair] = MappingProxyType(
    {english: (english, chinese) for english, chinese in _CHINESE.items()}
    | {text.get("en"): (text.get("en"), text.get("zh")) for text in KINDS_OF_VALUES.values()}
)
"""The phrases with both languages."""
