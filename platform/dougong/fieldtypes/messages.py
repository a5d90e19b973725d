"""What is said to a person about a value that is refused: one template a code and language."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

MESSAGES: dict[str, tuple[str, str]] = {
    "not_text": ("这里需要文字", "text is expected here"),
    "not_storable": (
        "含有不能保存的字符（{character}）",
        "contains a character that cannot be stored ({character})",
    ),
    "several_lines": ("这里只能写一行", "only one line is possible here"),
    "too_long": (
        "最多 {maximum} 个字，现在有 {length} 个",
        "at most {maximum} characters, this has {length}",
    ),
    "not_mobile": (
        "“{value}”不是手机号码，例如 {example}",
        "'{value}' is not a mobile number; for example {example}",
    ),
    "not_landline": (
        "“{value}”不是座机号码，例如 {example}",
        "'{value}' is not a landline number; for example {example}",
    ),
    "separator_inside": (
        "“{value}”里不能有“{separator}”，它用来隔开几个答案",
        "'{value}' must not have '{separator}' inside, as that stands between several",
    ),
    "pattern": ("“{value}”的格式不对{hint}", "'{value}' does not have the right form{hint}"),
    "not_a_number": ("“{value}”不是数字，例如 {example}", "'{value}' is not a number; for example {example}"),
    "ambiguous_number": (
        "“{value}”看不出逗号是千位分隔还是小数点，请写成 {example}",
        "in '{value}' the comma may separate thousands or decimals; write {example}",
    ),
    "inexact_number": (
        '数字 {value} 精度不足，请用文本传小数，例如 "{example}"',
        'the number {value} is not exact; send decimals as text, for example "{example}"',
    ),
    "lost_digits": (
        "表格把 {value} 存成了数字，只保留 15 位，其余数字已丢失；请把该列设为文本后重新填写",
        "the spreadsheet keeps {value} as a number of 15 digits, the others are lost; make the column text and enter it again",
    ),
    "not_whole": (
        "“{value}”不是整数，例如 {example}",
        "'{value}' is not a whole number; for example {example}",
    ),
    "too_many_decimals": ("“{value}”的小数超过 {maximum} 位", "'{value}' has more than {maximum} decimals"),
    "too_many_digits": (
        "“{value}”超出可保存的范围（整数部分最多 {maximum} 位）",
        "'{value}' is out of range (at most {maximum} digits before the point)",
    ),
    "too_small": ("不能小于 {minimum}", "must not be less than {minimum}"),
    "too_large": ("不能大于 {maximum}", "must not be more than {maximum}"),
    "too_early": ("不能早于 {minimum}", "must not be before {minimum}"),
    "too_late": ("不能晚于 {maximum}", "must not be after {maximum}"),
    "wrong_currency": ("“{value}”的币种不是 {currency}", "'{value}' is not in {currency}"),
    "not_a_boolean": (
        "“{value}”不是是或否，例如 是、否",
        "'{value}' is neither yes nor no; for example yes, no",
    ),
    "not_a_date": ("“{value}”不是日期，例如 {example}", "'{value}' is not a date; for example {example}"),
    "ambiguous_date": (
        "“{value}”看不出月和日的先后，请写成 {example}",
        "in '{value}' day and month may be either way round; write {example}",
    ),
    "no_such_day": ("“{value}”：没有这一天", "'{value}': there is no such day"),
    "has_time": (
        "“{value}”带有时间，这里只要日期，例如 {example}",
        "'{value}' has a time of day; only a date is wanted, for example {example}",
    ),
    "not_a_datetime": (
        "“{value}”不是日期时间，例如 {example}",
        "'{value}' is not a date and time; for example {example}",
    ),
    "no_time_zone": (
        "“{value}”没有时区，例如 {example}",
        "'{value}' has no time zone; for example {example}",
    ),
    "no_such_time": (
        "“{value}”：该时区没有这个时刻（夏令时跳过）",
        "'{value}': this time does not exist in the time zone (clocks go forward)",
    ),
    "not_a_time": (
        "“{value}”不是一天中的时间，例如 {example}",
        "'{value}' is not a time of day; for example {example}",
    ),
    "has_seconds": ("“{value}”带有秒，这里只到分", "'{value}' has seconds; only minutes are kept here"),
    "not_a_duration": (
        "“{value}”不是时长，例如 {example}、2小时30分、150 分钟",
        "'{value}' is not a duration; for example {example}, 2h30m, 150 min",
    ),
    "not_a_colour": (
        "“{value}”不是颜色，例如 {example}",
        "'{value}' is not a colour; for example {example}",
    ),
    "not_a_tag": (
        "“{value}”不能作标签：标签里不能有逗号、顿号、分号、竖线",
        "'{value}' cannot be a tag: a tag has no comma, semicolon or bar in it",
    ),
    "not_json": ("不是有效的 JSON {place}", "this is not valid JSON {place}"),
    "json_key_twice": ("同一个对象里键“{key}”出现两次", "the key '{key}' stands twice in one object"),
    "json_number": (
        "JSON 中的数字 {value} 不能准确保存",
        "the number {value} in the JSON cannot be kept exactly",
    ),
    "json_too_deep": ("JSON 嵌套太深", "the JSON is nested too deeply"),
    "json_too_large": (
        "JSON 最多 {maximum} 字节，现在有 {size} 字节",
        "the JSON has {size} bytes, at most {maximum} are kept",
    ),
    "not_a_barcode": (
        "“{value}”不是 {symbology} 码，例如 {example}",
        "'{value}' is not a code of {symbology}; for example {example}",
    ),
    "check_digit": (
        "“{value}”的校验位不对，应为 {expected}",
        "the check digit of '{value}' is wrong; it should be {expected}",
    ),
    "not_an_identity": (
        "“{value}”不是有效的{name}：{reason}",
        "'{value}' is not a valid {name}: {reason}",
    ),
    "not_an_option": ("没有选项“{value}”{hint}", "there is no option '{value}'{hint}"),
    "ambiguous_option": ("“{value}”对应多个选项：{options}", "'{value}' means several options: {options}"),
    "not_an_email": (
        "“{value}”不是邮箱地址，例如 {example}",
        "'{value}' is not an e-mail address; for example {example}",
    ),
    "not_a_phone": (
        "“{value}”不是电话号码，例如 {example}",
        "'{value}' is not a telephone number; for example {example}",
    ),
    "not_a_url": (
        "“{value}”不是网址，例如 {example}",
        "'{value}' is not a web address; for example {example}",
    ),
    "url_scheme": (
        "网址只能以 http:// 或 https:// 开头",
        "a web address must begin with http:// or https://",
    ),
    "url_credentials": ("网址里不能带用户名或密码", "a web address must not contain a user name or password"),
    "not_an_address": ("地址需要这些部分：{parts}", "an address has these parts: {parts}"),
    "unknown_division": ("没有行政区划“{value}”", "there is no division '{value}' in China"),
    "not_in_division": ("“{value}”不在{above}之内", "'{value}' does not lie in {above}"),
    "division_differs": (
        "“{value}”与区划代码 {number} 不符",
        "'{value}' is not the division with the code {number}",
    ),
    "not_in_china": ("“{value}”：这里只要国内地址", "'{value}': only addresses in China are wanted here"),
    "not_a_location": (
        "“{value}”不是定位，例如 {example}",
        "'{value}' is no latitude and longitude; for example {example}",
    ),
    "beyond_the_earth": (
        "“{value}”超出 ±{maximum} 度",
        "'{value}' is beyond ±{maximum} degrees",
    ),
    "not_an_id": (
        "“{value}”不是记录编号，例如 {example}",
        "'{value}' is not the id of a record; for example {example}",
    ),
    "not_a_list": ("这里需要一个列表", "a list is expected here"),
    "too_many": ("最多 {maximum} 个，现在有 {count} 个", "at most {maximum}, these are {count}"),
    "not_a_row": ("第 {number} 行不是一行数据", "row {number} is not a row of data"),
    "not_a_file": ("“{value}”不是已上传的文件", "'{value}' is not an uploaded file"),
    "file_too_large": ("文件“{name}”超过 {maximum}", "the file '{name}' is larger than {maximum}"),
    "file_kind": (
        "文件“{name}”的类型不在允许之列：{accept}",
        "the file '{name}' is not of an accepted kind: {accept}",
    ),
}
"""code → (zh, en)."""

PAUSES = {"zh": "，", "en": "; "}


def say(code: str, language: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """Return the message of a code in a language (English for any language but zh), its parameters put in."""
    chinese, english = MESSAGES[code]
    words = {name: _in_language(text, language) for name, text in parameters}
    return (chinese if language == "zh" else english).format_map(words)


def _in_language(text: str, language: str) -> str:
    """A parameter may itself hold both languages, as `zh␟en`."""
    if SEPARATOR not in text:
        return text
    chinese, english = text.split(SEPARATOR, 1)
    return chinese if language == "zh" else english


SEPARATOR = "\x1f"


def both(chinese: str, english: str) -> str:
    """Return a parameter that reads differently in the two languages."""
    return f"{chinese}{SEPARATOR}{english}"


def shown(value: object, longest: int = 60) -> str:
    """Return a value as it may stand in a message: one short printable line."""
    text = value if isinstance(value, str) else _number_text(value) or type(value).__name__
    text = "".join(character if character.isprintable() else "·" for character in text[: longest + 1])
    return text if len(text) <= longest else text[:longest] + "…"


def _number_text(value: object) -> str:
    """The digits of a number, unless they are more than anybody would read."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    return str(value) if isinstance(value, (float, Decimal, date)) else ""
