"""The words of the pages on which records are shared and given away, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

SHARING: Mapping[str, tuple[str, str]] = {
    "share": ("共享", "Share"),
    "share_title": ("共享：{title}", "Share: {title}"),
    "share_new": ("新的共享", "Share with somebody"),
    "share_text": (
        "把这条记录限时借给某人或一组人。对方的角色须允许查看共享的记录。",
        "Lends this record to a person or a group for a time. Their role has to count shared records.",
    ),
    "share_person": ("人员", "Person"),
    "share_group": ("或部门、团队、角色", "Or a department, team or role"),
    "share_group_help": ("部门包括其下级部门。", "A department includes those below it."),
    "share_login_help": ("填写登录名。", "Write the login."),
    "share_level": ("权限", "Right"),
    "share_read": ("查看", "Read"),
    "share_edit": ("修改", "Change"),
    "share_until": ("截止日期", "Until"),
    "share_until_help": ("含当天；留空则直到收回。", "That day included; empty: until it is taken back."),
    "share_always": ("直到收回", "Until taken back"),
    "share_note": ("附言", "Note"),
    "share_with": ("共享给", "With"),
    "share_by": ("共享人", "By"),
    "share_end": ("收回共享", "Take back"),
    "shared_with": ("当前共享", "Shared now"),
    "share_done": ("已共享给{name}", "Shared with {name}"),
    "share_ended": ("已收回共享", "Taken back"),
    "share_kind_person": ("人员", "Person"),
    "share_kind_department": ("部门", "Department"),
    "share_kind_team": ("团队", "Team"),
    "share_kind_role": ("角色", "Role"),
    "ev_shared": ("共享了记录", "shared the record"),
    "ev_unshared": ("收回了共享", "took a share back"),
    "transfer": ("移交", "Give to another owner"),
    "transfer_title": ("移交：{title}", "New owner: {title}"),
    "transfer_text": (
        "记录将属于新的负责人；如果您的权限只含本人的记录，您将看不到它。",
        "The record will belong to the new owner; if you may see your own records only, you will not see it any more.",
    ),
    "transfer_to": ("新负责人", "New owner"),
    "transfer_follow": (
        "同一负责人的关联记录一并移交：{lists}",
        "Related records of the same owner follow: {lists}",
    ),
    "transferred": ("已移交 {count} 条记录", "Gave {count} records to the new owner"),
    "transferred_one": ("已移交 1 条记录", "Gave 1 record to the new owner"),
    "back_to_record": ("返回记录", "Back to the record"),
}
