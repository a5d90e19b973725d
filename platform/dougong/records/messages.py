"""The problems that verbs find, as stable codes with a message in each language."""

from __future__ import annotations

from typing import NoReturn

from dougong.diagnostics import Diagnostic, Refusal

MESSAGES: dict[str, tuple[str, str]] = {
    "required": ("必须填写{label}", "{label} must be filled in"),
    "unknown_field": ("没有字段“{name}”", "there is no field '{name}'"),
    "computed_field": ("{label}由系统计算，不能填写", "{label} is computed and cannot be written"),
    "not_masked": ("没有名为“{name}”的掩码字段", "there is no masked field '{name}'"),
    "row_not_revealed": ("您不能查看这条记录的完整值", "you may not see the whole value of this record"),
    "locked_field": ("您不能修改{label}", "you may not write {label}"),
    "unknown_target": (
        "{label}：找不到 {value}，或您无权查看",
        "{label}: {value} does not exist, or you may not see it",
    ),
    "not_choosable": (
        "{label}：{value} 在当前情况下不可选",
        "{label}: {value} cannot be chosen here",
    ),
    "unknown_member": ("{label}：没有可用的人员 {value}", "{label}: there is no active person {value}"),
    "member_out_of_range": (
        "{label}：人员 {value} 不可用，或不在可选范围内",
        "{label}: {value} is no active person that may be chosen here",
    ),
    "unknown_department": (
        "{label}：没有部门 {value}，或不在可选范围内",
        "{label}: there is no department {value} that may be chosen here",
    ),
    "picture_kind": (
        "“{value}”不是 JPEG、PNG、WebP 或 GIF 图片",
        "'{value}' is no JPEG, PNG, WebP or GIF picture",
    ),
    "picture_broken": (
        "图片“{value}”已损坏，无法读取",
        "the picture '{value}' is damaged and cannot be read",
    ),
    "picture_large": (
        "图片“{value}”过大（最多 {limit} 百万像素）",
        "the picture '{value}' is too large (at most {limit} million pixels)",
    ),
    "unknown_file": ("{label}：找不到文件 {value}", "{label}: there is no file {value}"),
    "unknown_row": ("{label}中没有编号为 {value} 的行", "{label} has no row with the id {value}"),
    "repeated_row": ("{label}中编号为 {value} 的行出现了两次", "{label} names the row {value} twice"),
    "not_a_row": ("{label}的每一行必须是一组字段", "every row of {label} must be an object of fields"),
    "too_many_rows": ("{label}最多 {limit} 行", "{label} takes at most {limit} rows"),
    "rule": ("这条记录不符合规则 {rule}", "the record does not meet the rule {rule}"),
    "rule_warning": ("请确认:{rule}", "please confirm: {rule}"),
    "rule_readonly": ("在当前情况下不能修改{label}", "{label} cannot be changed here"),
    "rule_options": ("在当前情况下{label}不能是“{value}”", "{label} cannot be '{value}' here"),
    "rule_require": ("在当前情况下必须填写{label}", "{label} must be filled in here"),
    "try_no_record": ("还没有可以试算的记录", "there is no record yet to try it on"),
    "try_unknown": (
        "其中有还没发布的字段，或您看不到的内容，不能试算",
        "it reads something that is not published yet or that you may not see, so it cannot be tried",
    ),
    "try_limited": (
        "它要读取您只能看到一部分的记录，不能试算",
        "it reads records of which you may see only some, so it cannot be tried",
    ),
    "rule_locked": ("记录已锁定，不能修改{label}", "the record is locked: {label} cannot be changed"),
    "rule_locked_delete": ("记录已锁定，不能删除", "the record is locked and cannot be deleted"),
    "unique": ("已有{label}相同的记录", "another record has the same {label}"),
    "long_number": ("{label}将超过 {limit} 个字符", "{label} would have more than {limit} characters"),
    "admin_only": ("只有管理员可以这样做", "only an admin may do this"),
    "unknown_serial": ("没有流水号字段“{name}”", "there is no serial number field '{name}'"),
    "range_min": ("{label}不能小于 {limit}", "{label} must not be less than {limit}"),
    "range_max": ("{label}不能大于 {limit}", "{label} must not be more than {limit}"),
    "out_of_range": ("{label}的计算结果超出范围", "the computed {label} is out of range"),
    "stage_from": ("不能从“{origin}”直接到“{target}”", "one cannot move from '{origin}' to '{target}'"),
    "stage_require": ("进入“{stage}”之前必须填写{label}", "{label} must be filled in before '{stage}'"),
    "record_locked": ("记录正在审批，不能修改", "the record is under approval and cannot be changed"),
    "not_found": ("没有这条记录，或您无权查看", "there is no such record, or you may not see it"),
    "unknown_entity": ("没有“{name}”这种记录", "there is no kind of record '{name}'"),
    "forbidden": ("您没有权限{action}“{label}”", "you may not {action} {label}"),
    "forbidden_row": ("您没有权限对这条记录执行{action}", "you may not {action} this record"),
    "who_can": (
        "只有管理员和可以共享这条记录的人才能查看谁能看到它",
        "only administrators and who may share this record may know who can see it",
    ),
    "denied": ("不允许：{reason}", "not allowed: {reason}"),
    "share_one": (
        "请选择一个人，或者一个部门、团队或角色",
        "choose a person, or else a department, team or role",
    ),
    "share_level": ("共享级别只能是 {known}", "a record is shared to {known}"),
    "share_kind": ("共享对象只能是 {known}", "a record is shared with a {known}"),
    "share_subject": ("不能与“{name}”共享", "it cannot be shared with '{name}'"),
    "share_over": ("共享的截止时间应在将来", "a share has to end in the future"),
    "share_note": ("附言最多 {limit} 个字", "a note has at most {limit} characters"),
    "not_shared": ("没有这项共享，或已收回", "there is no such share, or it was taken back"),
    "no_owner": (
        "“{label}”没有负责人，不能移交",
        "{label} has no owner, so it cannot be given to another one",
    ),
    "unknown_owner": ("负责人应是在用的账号", "the new owner has to be a person who can sign in"),
    "forbidden_new": ("您不能创建这样的记录", "you may not create such a record"),
    "stale": ("记录已被他人修改，请重新打开", "somebody else has changed the record; open it again"),
    "restricted": (
        "还有 {count} 条“{label}”引用它，不能删除",
        "{count} {label} still refer to it, so it cannot be deleted",
    ),
    "too_deep": (
        "连带删除超过 {limit} 层，涉及“{label}”，请先删除下级记录",
        "the deletion would follow links over more than {limit} steps, to {label}; delete what lies below first",
    ),
    "not_deleted": ("回收站里没有这条记录", "there is no such record in the recycle bin"),
    "restore_target": (
        "{label}指向的记录已被删除，请先恢复它",
        "the record that {label} points to is deleted; restore it first",
    ),
    "bad_limit": ("每页条数应为 1 到 {limit}", "the limit must be 1 to {limit}"),
    "bad_offset": ("起始位置应为 0 到 {limit}", "the offset must be 0 to {limit}"),
    "bad_cursor": (
        "翻页标记无效，请从第一页开始",
        "the cursor is not valid for this list; begin with the first page",
    ),
    "cursor_and_offset": ("翻页标记与起始位置不能同时使用", "cursor and offset exclude each other"),
    "bad_count": ("count 应为 exact 或 none", "count must be exact or none"),
    "unsortable": ("不能按“{name}”排序", "one cannot sort by '{name}'"),
    "not_a_link": ("“{name}”不是链接字段", "'{name}' is not a link"),
    "calendar_unknown": (
        "尚无 {year} 年的放假安排；请升级 chinesecalendar 或自行录入",
        "nothing is known of {year} yet; upgrade chinesecalendar, or enter the days yourself",
    ),
    "calendar_order": ("结束日期早于开始日期", "the last day lies before the first"),
    "unknown_view": (
        "没有这个视图，或它没有共享给您",
        "there is no such view, or it is not shared with you",
    ),
    "view_stale": ("视图已被修改，请重新打开", "the view has been changed meanwhile; open it again"),
    "view_of_another": ("这是别人的视图，您可以另存一份", "the view is somebody else's; save a copy of it"),
    "view_name": ("视图名称应为 1 到 {limit} 个字符", "a view has a name of 1 to {limit} characters"),
    "view_twice": ("您已有名为“{name}”的视图", "you have a view called '{name}' already"),
    "too_many_views": ("每种记录最多 {limit} 个视图", "you can have {limit} views of one kind of record"),
    "view_column": ("没有可显示的列“{name}”", "there is no column '{name}' to show"),
    "view_group": ("看板不能按“{name}”分列", "'{name}' cannot make the columns of a board"),
    "view_kind": ("视图应为 grid 或 kanban", "a view is grid or kanban"),
    "view_size": ("每页条数应为：{allowed}", "a page has one of these sizes: {allowed}"),
    "view_sharing": ("您不能共享视图", "you may not share views"),
    "view_role": ("没有角色“{name}”", "there is no role '{name}'"),
    "view_setting": ("“{name}”应为{expected}", "'{name}' must be {expected}"),
    "bad_query": ("搜索内容过长或无效", "the search text is too long or not valid"),
    "bad_grain": ("“{name}”不能按 {grain} 分组", "'{name}' cannot be grouped by {grain}"),
    "bad_group": ("分组“{name}”无效", "'{name}' is not something to group by"),
    "bad_measure": ("指标“{name}”无效", "'{name}' is not a measure"),
    "not_a_number": ("“{name}”不是数字字段", "'{name}' is not a number"),
    "purge_held": (
        "{count} 条记录仍被其他记录引用（可能也在回收站中），不能彻底删除",
        "{count} records are still linked to by others, perhaps in the bin too, and cannot be deleted for good",
    ),
    "too_many": ("一次最多 {limit} 项", "at most {limit} at once"),
    "all_without_link": (
        "将为每条记录搜索 {name}：请以它的某个关联等于本记录或本记录的关联作为条件",
        "{name} would be searched for every record: let a link of it equal this record or one of its links",
    ),
    "too_many_links": (
        "表达式沿关联读取 {count} 次，最多 {limit} 次",
        "the expression follows {count} links, and {limit} are allowed",
    ),
    "too_many_groups": ("分组结果超过 {limit} 行，请缩小范围", "more than {limit} groups; narrow the filter"),
    "bad_operation": (
        "操作应为 create、update、delete 或 restore",
        "an operation is create, update, delete or restore",
    ),
    "bad_reference": (
        "“{value}”应是之前一项操作的序号，且该操作已成功",
        "'{value}' must be the position of an earlier operation that was done",
    ),
    "bad_record": ("记录应为一组字段", "a record must be an object of fields"),
    "unknown_inverse": ("没有关联列表“{name}”", "there is no related list '{name}'"),
    "empty_comment": ("评论不能为空", "a comment must not be empty"),
    "long_comment": ("评论最多 {limit} 个字符", "a comment takes at most {limit} characters"),
    "file_too_large": ("文件超过 {limit} 字节", "the file is larger than {limit} bytes"),
    "file_type": ("{label}不接受这种文件：{value}", "{label} does not take such a file: {value}"),
    "file_name": ("文件名无效", "the file name is not valid"),
    "file_content": (
        "内容与文件名不符：{value}",
        "the content is not what the name says: {value}",
    ),
    "file_quota": (
        "此应用的附件空间已满（上限 {limit} 字节）",
        "the files of this app have no room left (the limit is {limit} bytes)",
    ),
    "file_missing": ("文件内容已丢失", "the content of the file is missing"),
    "import_empty": ("文件中没有数据", "the file holds no data"),
    "import_format": (
        "不能读取这种文件：{value}；请另存为 XLSX 或 CSV 再导入",
        "such a file cannot be read: {value}; save it as XLSX or CSV and import that",
    ),
    "import_encoding": (
        "无法用这种编码读出文件，请换一种编码",
        "the file cannot be read in this encoding; choose another",
    ),
    "import_bad_encoding": ("不支持编码“{value}”", "the encoding '{value}' is not supported"),
    "import_bad_delimiter": ("不支持分隔符“{value}”", "the delimiter '{value}' is not supported"),
    "import_sheet": (
        "没有可见的工作表“{name}”，可选：{known}",
        "there is no visible sheet '{name}'; possible are {known}",
    ),
    "import_sheet_limits": (
        "工作簿太大或已损坏，无法在限定的内存和时间内读出；请另存为 CSV 再导入",
        "the workbook is too large or damaged to be read within the limits of memory and time; save it as CSV",
    ),
    "import_too_large": ("文件太大或展开后过大", "the file is too large, or becomes so when unpacked"),
    "import_header": ("列“{name}”不对应任何字段", "the column '{name}' matches no field"),
    "import_header_twice": (
        "列“{name}”与“{other}”对应同一字段",
        "the columns '{name}' and '{other}' both match one field",
    ),
    "import_header_ambiguous": ("列“{name}”对应多个字段", "the column '{name}' matches several fields"),
    "import_no_header": ("没有一列对应字段", "no column matches a field"),
    "import_match": (
        "匹配字段“{name}”不在文件中或不能匹配",
        "'{name}' is not in the file or cannot be matched by",
    ),
    "import_no_match": ("更新导入需要匹配字段", "updating needs fields to match by"),
    "import_mode": ("导入方式应为 add、update 或 upsert", "the mode is add, update or upsert"),
    "import_ambiguous": (
        "{label}：“{value}”对应多条记录（{candidates}）",
        "{label}: several are called '{value}' ({candidates})",
    ),
    "import_kind": (
        "{label}：“{value}”没有写明是哪一种记录，可写：{candidates}",
        "{label}: '{value}' does not begin with a kind of record: {candidates}",
    ),
    "import_unmatched": ("没有匹配的记录", "no record matches"),
    "import_several": ("有多条记录匹配（{value}）", "several records match ({value})"),
    "import_ended": ("这次导入已经结束，不能继续", "this import has ended and cannot go on"),
    "import_elsewhere": ("这次导入正在别处继续", "somebody else has gone on with this import"),
    "import_no_file": ("压缩包里没有文件“{value}”", "the archive holds no file '{value}'"),
    "import_several_files": (
        "压缩包里有多个文件叫“{value}”（{candidates}），请写出路径",
        "several files of the archive are called '{value}' ({candidates}); write the path",
    ),
    "import_other_file": (
        "这不是这次导入的文件：列不相同",
        "this is not the file of the import: its columns differ",
    ),
    "import_file_gone": ("导入的文件已不在原处", "the file of the import is no longer there"),
    "import_constant": (
        "固定值的字段“{name}”无效或已由列写入",
        "'{name}' cannot be a fixed value, or a column fills it",
    ),
    "import_repeated": (
        "文件中第 {value} 行已匹配同一记录",
        "line {value} of the file already matched the same record",
    ),
    "export_lines": (
        "工作表最多有 1,048,575 行数据；请导出为 CSV，或用筛选减少记录",
        "a sheet holds at most 1,048,575 lines; export as CSV, or filter for fewer records",
    ),
    "export_text": (
        "第 {line} 行的“{label}”超过 32,767 个字符，工作表的单元格放不下；请导出为 CSV，或不导出此列",
        "{label} in line {line} is longer than the 32,767 characters of a cell; export as CSV, or leave the column out",
    ),
    "import_cell_error": (
        "单元格里是错误 {value}，没有可用的值；请在表格中改正公式",
        "the cell holds the error {value} and no value; mend its formula in the spreadsheet",
    ),
    "import_cell_uncalculated": (
        "单元格的公式还没有算出结果；请在表格程序中打开并重新保存文件",
        "the formula of the cell has no result yet; open the file in a spreadsheet program and save it again",
    ),
    "change_own_fields": (
        "这里只能用记录自己的字段，不能用 {name}",
        "only fields of the record itself can be used here, not {name}",
    ),
    "import_origin": ("创建时间在将来", "the time of creation lies in the future"),
    "import_cells": ("这一行的单元格多于表头", "the line has more cells than the header"),
    "unknown_batch": ("没有这样的操作可以撤销", "there is nothing of that name to undo"),
    "undo_mode": ("冲突处理方式应为 refuse 或 skip", "conflicts are handled by refuse or skip"),
    "undo_changed": (
        "{label} {id} 的这些字段之后又被修改：{fields}",
        "{label} {id} was changed since in: {fields}",
    ),
    "undo_touched": ("{label} {id} 之后又有变动", "{label} {id} was changed since"),
    "undo_deleted": ("{label} {id} 之后被删除", "{label} {id} was deleted since"),
    "undo_restored": ("{label} {id} 已不在回收站", "{label} {id} is not in the recycle bin any more"),
    "undo_purged": ("{label} {id} 已被彻底删除", "{label} {id} was deleted for good"),
    "undo_forbidden": ("您无权撤销对这条记录的操作", "you may not undo what was done to this record"),
    "undo_locked": ("{label} {id} 正在审批，不能更改", "{label} {id} is under approval"),
    "undo_refused": ("{label} {id} 不能恢复原样：{reason}", "{label} {id} cannot be put back: {reason}"),
    "merge_few": ("请选择 2 到 {limit} 条不同的记录", "choose 2 to {limit} different records"),
    "merge_choice": (
        "{label}：应选择其中一条记录的编号或 both",
        "{label}: choose the id of one of the records, or both",
    ),
    "merge_running": (
        "被合并的记录还有进行中的审批，请先撤回或等待结束",
        "a record to be merged has a running approval; withdraw it first, or wait for its end",
    ),
    "merged": ("这条记录已合并到记录 {id}", "this record was merged into {id}"),
    "unknown_import": ("没有这次导入", "there is no such import"),
    "import_undone": ("这次导入已经撤销", "this import has been undone already"),
    "import_changed": ("{count} 条导入的记录之后被修改过", "{count} imported records were changed since"),
    "export_format": ("导出格式应为 csv、xlsx 或 jsonl", "the format is csv, xlsx or jsonl"),
}


def problem(language: str, code: str, path: str = "", hint: str = "", **parameters: object) -> Diagnostic:
    """A problem in the reader's language; the raw words travel along for screens that say it in another."""
    words = {name: str(value) for name, value in parameters.items()}
    chinese, english = MESSAGES[code]
    message = (chinese if language == "zh" else english).format_map(words)
    return Diagnostic(code, message, path, hint=hint, parameters=tuple(words.items()))


def refuse(
    kind: str, language: str, code: str, path: str = "", hint: str = "", **parameters: object
) -> NoReturn:
    """Raise a refusal with a single problem."""
    raise Refusal(kind, [problem(language, code, path, hint, **parameters)])
