"""The problems that are found about people, as stable codes with a message in each language."""

from __future__ import annotations

from collections.abc import Iterable

from dougong.diagnostics import Diagnostic, Refusal

MESSAGES: dict[str, tuple[str, str]] = {
    "no_account": ("没有这个账号，或账号已停用", "there is no such account, or it is disabled"),
    "wrong_password": ("登录名或密码不正确", "the login or the password is not right"),
    "signed_out": ("请先登录", "sign in first"),
    "bad_token": ("令牌无效、已过期或已撤销", "the token is not valid, has expired or was revoked"),
    "too_many_attempts": (
        "尝试次数过多，请在 {seconds} 秒后再试",
        "too many attempts; try again in {seconds} seconds",
    ),
    "login_form": (
        "登录名为 2 到 60 个小写字母、数字或 . _ - @ +，以字母或数字开头",
        "a login is 2 to 60 small letters, digits or . _ - @ +, beginning with a letter or digit",
    ),
    "login_taken": ("登录名“{login}”已被使用", "the login '{login}' is taken"),
    "name_form": ("姓名为 1 到 100 个字，一行", "a name is one line of 1 to 100 characters"),
    "language": ("语言只能是 {known}", "the language must be one of {known}"),
    "timezone": (
        "没有时区“{name}”，例如 Asia/Shanghai",
        "there is no time zone '{name}'; for example Asia/Shanghai",
    ),
    "password_short": ("密码至少 {minimum} 个字符", "a password has at least {minimum} characters"),
    "password_long": ("密码最多 {maximum} 个字符", "a password has at most {maximum} characters"),
    "password_common": ("这个密码太常见，很容易被猜到", "this password is too common and easily guessed"),
    "wrong_old_password": ("当前密码不正确", "the current password is not right"),
    "password_breached": (
        "这个密码出现在已泄露的密码名单里，请换一个",
        "this password is on a list of passwords that have leaked; choose another one",
    ),
    "sealed": (
        "无法读取已加密的内容：密钥不是当时的那一个",
        "what was sealed cannot be read: the key is not the one it was sealed with",
    ),
    "key_file": (
        "无法读取密钥文件（DOUGONG_KEY_FILE）",
        "the key file cannot be read (DOUGONG_KEY_FILE)",
    ),
    "wrong_code": ("验证码不正确或已用过", "the code is not right, or was used before"),
    "wrong_recovery_code": ("恢复码不正确或已用过", "the recovery code is not right, or was used before"),
    "wrong_passkey": ("无法用这个通行密钥登录", "this passkey cannot be used to sign in here"),
    "passkeys_many": ("最多可以添加 {most} 个通行密钥", "there may be at most {most} passkeys"),
    "passkey_over": ("添加通行密钥已超时，请重试", "adding the passkey took too long; try again"),
    "passkey_broken": ("浏览器送来的通行密钥无法确认", "what the browser sent does not prove a passkey"),
    "passkey_known": ("这个通行密钥已经添加过", "this passkey was added before"),
    "factor_last": (
        "你的角色必须使用第二重验证：先添加另一个，再移除这个",
        "your roles ask for a second factor: add another one before you remove this one",
    ),
    "factor_known": ("验证器已经启用", "the authenticator is active already"),
    "sign_in_over": (
        "登录已超时，请重新输入密码",
        "signing in took too long; begin again with your password",
    ),
    "password_about_you": ("密码不能包含登录名或姓名", "a password must not contain the login or the name"),
    "last_admin": ("这是最后一个管理员，不能停用", "this is the last administrator and cannot be disabled"),
    "scope": ("没有权限范围“{name}”，只能是 {known}", "there is no scope '{name}'; possible are {known}"),
    "expiry": ("有效期必须在将来", "the expiry must lie in the future"),
    "token_name": ("请给令牌起一个名称", "give the token a name"),
    "expiry_far": ("有效期最长 {days} 天", "a token is valid for at most {days} days"),
    "no_department": ("没有部门 {id}", "there is no department {id}"),
    "department_circle": ("部门不能放在自己的下级部门里", "a department cannot be put below itself"),
    "department_in_use": (
        "部门里还有 {members} 人、{children} 个下级部门，不能删除",
        "the department still has {members} people and {children} departments below it",
    ),
    "department_name_taken": (
        "同一级已有部门“{name}”",
        "there is already a department '{name}' at this place",
    ),
    "department_slash": (
        "部门名称不能含“/”，它用来分隔上下级",
        "the name of a department holds no '/', which stands between a department and those below",
    ),
    "departments_twice": (
        "同一部门只能写一次，主部门只有一个",
        "a department is named once, and only one is the main department",
    ),
    "superior_circle": ("不能成为自己的上级", "nobody can be above themselves"),
    "no_position": ("没有职位 {id}", "there is no position {id}"),
    "position_in_use": ("还有 {members} 人担任该职位，不能删除", "{members} people still have this position"),
    "name_taken": ("名称“{name}”已被使用", "the name '{name}' is taken"),
    "no_team": ("没有团队 {id}", "there is no team {id}"),
    "no_role": ("没有角色“{name}”", "there is no role '{name}'"),
    "person_kind": ("身份只能是 {known}", "the kind must be one of {known}"),
    "company_needed": (
        "外部人员必须属于一条记录（客户、供应商等）",
        "somebody from outside must belong to a record (a customer, a supplier)",
    ),
    "company_unknown": ("没有记录“{name}”", "there is no record '{name}'"),
    "company_of_member": ("内部成员没有所属外部单位", "only people from outside belong to a company"),
    "outsider_inside": (
        "外部人员不属于部门，也没有上级，也不能是管理员",
        "people from outside have no department and no superior and are no administrators",
    ),
    "email_form": ("电子邮箱写作 name@example.com", "an e-mail address is written name@example.com"),
    "phone_form": ("电话最多 30 个字符，一行", "a phone number is one line of at most 30 characters"),
    "admins_only": ("只有管理员可以这样做", "only administrators may do this"),
    "delegate_self": ("不能委托给自己", "nobody can delegate to themselves"),
    "delegate_inactive": ("受托人的账号已停用或不存在", "the delegate has no active account"),
    "delegation_order": ("结束时间必须晚于开始时间", "the end must lie after the beginning"),
    "delegation_past": ("结束时间必须在将来", "the end must lie in the future"),
    "delegation_long": ("委托最长 {days} 天", "a delegation lasts at most {days} days"),
    "delegation_scope": ("没有应用或流程“{name}”", "there is no app or workflow '{name}'"),
    "delegation_overlap": (
        "这段时间、这个范围内已有委托",
        "there is a delegation for this time and scope already",
    ),
    "no_delegation": ("没有这个委托", "there is no such delegation"),
    "roster_long": ("最多 {limit} 行", "at most {limit} lines"),
    "roster_twice": (
        "登录名“{login}”在第 {line} 行已出现",
        "the login '{login}' stands in line {line} already",
    ),
    "roster_column": (
        "不认识的列“{name}”；是否指“{nearest}”？",
        "unknown column '{name}'; did you mean '{nearest}'?",
    ),
    "roster_column_twice": ("列“{name}”出现了两次", "the column '{name}' stands there twice"),
    "roster_no_login": (
        "缺少登录名一列（{example}）",
        "the column of logins is missing ({example})",
    ),
    "roster_login_missing": ("缺少登录名", "the login is missing"),
    "roster_word": (
        "“{value}”不可用，只能是：{allowed}",
        "'{value}' is not possible; possible are: {allowed}",
    ),
    "roster_position_alone": (
        "职位须与部门一列同时给出",
        "positions are given together with the column of departments",
    ),
    "roster_positions": (
        "职位 {positions} 个，部门只有 {departments} 个",
        "{positions} positions for {departments} departments",
    ),
    "roster_path": (
        "部门写作从顶层开始的路径，例如 总部/销售部/华东：“{value}”",
        "a department is a path from the top, such as Company/Sales/East: '{value}'",
    ),
    "roster_superior": (
        "没有登录名为“{login}”的上级",
        "there is nobody with the login '{login}' to be the superior",
    ),
    "roster_heads": (
        "部门“{where}”在第 {first} 行已有负责人",
        "the department '{where}' has a head in line {first} already",
    ),
    "roster_head_nowhere": (
        "负责人须属于部门",
        "a head belongs to a department",
    ),
    "handover_self": ("不能交接给本人", "nothing can be handed over to the same person"),
    "handover_what": ("没有可交接的“{name}”", "there is nothing called '{name}' to hand over"),
    "no_handover": ("没有可撤销的交接", "there is no handover to take back"),
    "text_long": ("最多 {limit} 个字", "at most {limit} characters"),
    "not_viewing": (
        "只有在屏幕前登录的管理员可以以他人身份查看",
        "only an administrator who is signed in at the screen may look as somebody else",
    ),
    "view_admin": (
        "管理员看到的内容与您相同",
        "administrators see what you see; choose somebody who is not one",
    ),
    "role_form": ("角色写作 应用.角色，例如 {example}", "a role is written app.role, for example {example}"),
    "has_administrator": ("已经有管理员了", "there is an administrator already"),
    "link_over": (
        "链接已使用、已过期或已失效",
        "the link was used already, is too old or is not valid any more",
    ),
    "invite_count": ("请填写 1 到 {most} 个邮箱地址", "give 1 to {most} e-mail addresses"),
    "invite_done": ("此邀请已结束", "this invitation is over"),
    "no_invitation": ("没有这个邀请", "there is no such invitation"),
    "same_email": ("请填写另一个邮箱地址", "give another e-mail address"),
    "too_many_links": ("请求过于频繁，请一小时后再试", "too many requests; try again in an hour"),
    "no_mail": ("尚未设置发信服务器和对外地址", "mail and the public address are not set up"),
    "sign_on_unknown": ("没有这个单点登录", "there is no such single sign-on"),
    "sign_on_state": (
        "登录用时过长，或不是在这个浏览器里开始的，请重新登录",
        "the sign-in took too long or did not begin in this browser; please begin again",
    ),
    "sign_on_declined": ("登录已取消或被拒绝", "the sign-in was cancelled or declined"),
    "sign_on_untrusted": (
        "“{name}”返回的结果无法核实，未予登录。请重试；如仍不行，请联系管理员",
        "what {name} answered could not be verified, so nobody was signed in; try again, or ask an administrator",
    ),
    "sign_on_unavailable": (
        "暂时连不上“{name}”，请稍后再试",
        "{name} cannot be reached at the moment; try again later",
    ),
    "sign_on_no_account": (
        "这里还没有与此登录关联的账号，请联系管理员；已有账号的，可先用密码登录，再在“我的”中关联",
        "no account here belongs to this sign-in; ask an administrator, or sign in with your password and link it under Profile",
    ),
    "sign_on_taken": (
        "此登录已关联其他账号，或您的账号已关联该平台的另一登录",
        "this sign-in opens another account already, or your account has another sign-in of this provider",
    ),
    "sign_on_last": (
        "这是登录此账号的唯一方式；请先设置密码",
        "this is the only way to sign in to the account; set a password first",
    ),
}
"""code → (zh, en)."""


def say(code: str, language: str, parameters: Iterable[tuple[str, str]] = ()) -> str:
    """Return the message of a code in a language (English for any language but zh)."""
    chinese, english = MESSAGES[code]
    return (chinese if language == "zh" else english).format_map(dict(parameters))


def finding(code: str, path: str = "", **parameters: object) -> Diagnostic:
    """Return the problem as a finding, its message in English and its words for other languages."""
    words = tuple((name, str(value)) for name, value in parameters.items())
    return Diagnostic(code, say(code, "en", words), path, parameters=words)


def refuse(kind: str, code: str, path: str = "", **parameters: object) -> Refusal:
    """Return a refusal for one reason."""
    return Refusal(kind, [finding(code, path, **parameters)])
