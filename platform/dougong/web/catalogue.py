"""What the web itself can find wrong with a request: every code with its message in zh and en."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dougong.diagnostics import Diagnostic, Refusal

MESSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "W101": ("{name}：{reason}", "{name}: {reason}"),
        "W102": ("{other} 需要同时设置 {name}", "{other} needs {name} to be set too"),
        "W201": ("未知参数“{name}”", "unknown parameter '{name}'"),
        "W202": ("参数“{name}”出现了 {count} 次", "parameter '{name}' is given {count} times"),
        "W203": ("参数“{name}”超过 {limit} 个字符", "parameter '{name}' is longer than {limit} characters"),
        "W204": ("参数“{name}”含有非文本字符", "parameter '{name}' holds characters that are not text"),
        "W205": (
            "参数“{name}”必须是 {lowest} 到 {highest} 的整数",
            "parameter '{name}' must be a whole number from {lowest} to {highest}",
        ),
        "W206": ("参数“{name}”只能是：{allowed}", "parameter '{name}' must be one of: {allowed}"),
        "W207": ("参数“{name}”中有空的名称", "parameter '{name}' has an empty name in it"),
        "W301": ("请求体必须是 {type}", "the body must be {type}"),
        "W302": ("请求体超过 {limit} 字节", "the body is larger than {limit} bytes"),
        "W303": ("请求体不是 UTF-8（第 {byte} 字节）", "the body is not UTF-8 (byte {byte})"),
        "W304": (
            "请求体不是 JSON：第 {line} 行第 {column} 列",
            "the body is not JSON: line {line}, column {column}",
        ),
        "W305": ("请求体嵌套超过 {limit} 层", "the body is nested deeper than {limit} levels"),
        "W306": ("应为 JSON 对象", "a JSON object is expected"),
        "W307": ("未知的键“{name}”", "unknown key '{name}'"),
        "W308": ("键“{name}”在同一对象中出现两次", "the key '{name}' stands twice in one object"),
        "W309": ("{name} 不是 JSON 数字", "{name} is not a number of JSON"),
        "W310": ("数字超出范围或超过 {limit} 位", "a number is out of range or has more than {limit} digits"),
        "W311": ("文本含有不完整的字符", "a text holds half of a surrogate pair"),
        "W312": ("缺少“{name}”", "'{name}' is missing"),
        "W313": ("“{name}”应为{expected}", "'{name}' must be {expected}"),
        "W314": ("表单超过 {limit} 个部分", "the form has more than {limit} parts"),
        "W401": ("请先登录", "sign in, or send a token"),
        "W402": ("登录名或密码不正确", "the login or the password is not right"),
        "W403": ("页面已过期，请重试", "the page has expired, please try again"),
        "W404": ("找不到这个地址", "there is nothing at this address"),
        "W405": ("此地址不接受 {method}", "this address does not take {method}"),
        "W406": ("请求来自其他网站", "the request comes from another site"),
        "W407": ("主机名“{name}”未被允许", "the host '{name}' is not allowed"),
        "W408": ("令牌无效或已过期", "the token is not valid or has expired"),
        "W409": ("令牌的范围不包含此操作", "the token's scopes do not cover this"),
        "W410": ("尝试过多，请稍后再试", "too many attempts, try again later"),
        "W411": ("仅管理员可以执行此操作", "only an administrator may do this"),
        "W412": ("数据已被他人修改", "somebody else has changed the record"),
        "W413": (
            "同一个 Idempotency-Key 已用于不同的请求",
            "this Idempotency-Key was used for a different request",
        ),
        "W414": (
            "Idempotency-Key 只能是 1 到 200 个可打印字符",
            "an Idempotency-Key is 1 to 200 printable characters",
        ),
        "W415": ("If-Match 应为此记录的 ETag", "If-Match must be the ETag of the record"),
        "W416": ("找不到 {name}", "there is no {name}"),
        "W417": ("此操作不可用：{name}", "this action is not available: {name}"),
        "W418": ("要执行的操作超过 {limit} 项", "there are more than {limit} operations"),
        "W419": ("设置令牌不正确", "the set-up token is not right"),
        "W421": (
            "只能在本机读取；或设置 DOUGONG_METRICS_TOKEN",
            "only this machine may read this; or set DOUGONG_METRICS_TOKEN",
        ),
        "W422": ("您不能设计这个应用", "you may not design this app"),
        "W423": (
            "这些文件属于应用“{found}”，不是“{name}”",
            "these files are the app '{found}', not '{name}'",
        ),
        "W424": (
            "文件路径应为 app.yaml 或 entities/account.yaml 这样的形式",
            "a path is written like app.yaml or entities/account.yaml",
        ),
        "W425": ("计划已过期：在此期间有人发布过", "the plan is outdated: somebody has published since"),
        "W426": ("您不能导入这里的记录", "you may not import records here"),
        "W427": ("无法这样修改：{reason}", "this change cannot be made: {reason}"),
        "W428": (
            "选项编号“{name}”应为小写字母、数字和下划线",
            "the option id {name} is written in small letters, digits and _",
        ),
        "W429": ("分组中还有字段，请先移走", "the section still holds fields; move them first"),
        "W430": ("两次输入的新密码不一致", "the new passwords differ"),
        "W431": ("当前密码不正确", "the current password is not right"),
        "W432": ("应用“{name}”已经安装", "the app '{name}' is installed already"),
        "W433": (
            "结果超过 {limit} 字节",
            "the answer would be larger than {limit} bytes",
        ),
        "W434": ("请选择 1 到 1000 条记录", "choose 1 to 1000 records"),
        "W435": ("请选择 2 到 {limit} 条记录合并", "choose 2 to {limit} records to merge"),
        "W436": (
            "列表已有变化，现在是 {count} 条；仍要修改请再次提交",
            "the list has changed, it shows {count} records now; send it again to change those",
        ),
        "W437": ("列表中没有您可以修改的记录", "the list shows no record that you may change"),
        "W438": ("“{line}”应写成：字段 = 公式", "'{line}' should be written as field = formula"),
        "W440": ("请选择字段（没有“{name}”）", "choose a field (there is no '{name}')"),
        "W441": ("请选择{label}的比较方式", "choose how {label} is compared"),
        "W442": ("请填写与{label}比较的值", "give the value that {label} is compared with"),
        "W443": ("请填写两个值，用逗号隔开", "give two values, with a comma between"),
        "W444": ("请写明条件：它在什么时候起作用", "say when it does so: it needs a condition"),
        "W445": ("请至少写一个条件，或选择“总是”", "give at least one condition, or choose “always”"),
        "W446": ("请选择这条规则做什么", "choose what the rule does"),
        "W447": (
            "这条规则刚被改过，请看过现在的内容再改",
            "this rule has been changed in the meantime; look at it as it is now",
        ),
        "W449": ("请写出要设置的值", "write the value that it gets"),
        "W450": (
            "只能在浏览器中登录后操作，不能使用令牌",
            "this is for somebody who is signed in with a browser, not for a token",
        ),
        "W451": ("请先确认是你本人", "confirm first that it is you"),
        "W452": ("新密码不能与当前密码相同", "the new password is the one you have"),
        "W453": (
            "请先完成登录要求的步骤：{step}",
            "first do what signing in asks of you: {step}",
        ),
        "W454": ("这个令牌仅限应用：{name}", "this token is limited to the apps: {name}"),
        "W480": ("{words}", "{words}"),
        "W460": (
            "您正在以他人身份查看，不能更改任何内容",
            "you are looking as somebody else; nothing can be changed meanwhile",
        ),
        "W461": (
            "这里的内容只属于本人，不能以他人身份查看",
            "this belongs to one person alone and is not shown to who looks as them",
        ),
        "W501": ("服务器出错，已记录", "something went wrong here; it has been recorded"),
        "W502": ("服务暂时不可用", "the service is not available for the moment"),
        "W503": ("存储空间不足", "there is no space left"),
    }
)


def finding(code: str, path: str = "", hint: str = "", **parameters: object) -> Diagnostic:
    """One finding of the web, in English, with the words that let it be said in another language."""
    words = {name: str(value) for name, value in parameters.items()}
    return Diagnostic(
        code, MESSAGES[code][1].format(**words), path, hint=hint, parameters=tuple(words.items())
    )


def refuse(kind: str, code: str, path: str = "", hint: str = "", **parameters: object) -> Refusal:
    """A refusal for a single reason."""
    return Refusal(kind, [finding(code, path, hint, **parameters)])


def say(diagnostic: Diagnostic, language: str) -> str:
    """The message of a finding of the web in a language."""
    index = 0 if language == "zh" else 1
    return MESSAGES[diagnostic.code][index].format(**dict(diagnostic.parameters))
