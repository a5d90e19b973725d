"""D5xx: definitions that are each right but do not fit together."""

from __future__ import annotations

from dougong.definitions.codes.entry import Entry

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "D501",
        ("Formulas in a circle", "公式循环"),
        ("the formulas need each other: {cycle}", "公式互相依赖:{cycle}"),
        (
            "A computed field cannot, directly or by others, be computed from itself.",
            "计算字段不能直接或间接依赖自身。",
        ),
        ("take one of the fields out of the circle", "请让其中一个字段不参与循环"),
        "a: {type: integer, formula: b}\nb: {type: integer, formula: a}",
    ),
    Entry(
        "D502",
        ("Links that can never be filled", "永远无法填写的链接"),
        (
            "these required links need each other, so that no first record can be made: {cycle}",
            "这些必填链接互相依赖,无法创建第一条记录:{cycle}",
        ),
        ("Every record would need another one to exist before it.", "每条记录都要求另一条记录先存在。"),
        ("make one of the links optional", "请将其中一个链接改为非必填"),
        "a.other → b (required), b.other → a (required)",
    ),
    Entry(
        "D503",
        ("Apps that require each other", "应用互相依赖"),
        ("the apps require each other: {cycle}", "应用互相依赖:{cycle}"),
        (
            "Apps are installed one after the other, so that each builds on those before it.",
            "应用依次安装,后者依赖前者。",
        ),
        ("remove one of the requirements", "请删除其中一个依赖"),
        "a requires b, b requires a",
    ),
    Entry(
        "D504",
        ("Name is taken", "名称已被占用"),
        ("'{name}' is already used on '{entity}' by {owner}", "“{name}”在“{entity}”上已被 {owner} 使用"),
        (
            "Fields and the lists of linked records share the names of an entity.",
            "字段与关联列表共用实体的名称空间。",
        ),
        ("choose another name", "请换一个名称"),
        "two links to account with the inverse 'contacts'",
    ),
    Entry(
        "D505",
        ("Field stands on the form twice", "字段在表单中重复"),
        ("'{name}' already stands in section '{section}'", "“{name}”已在分区“{section}”中"),
        ("A field has one place on a form.", "字段在表单中只有一个位置。"),
        ("remove it from one of the sections", "请从其中一个分区删除"),
        "sections: {a: {fields: [name]}, b: {fields: [name]}}",
    ),
    Entry(
        "D506",
        ("Defined by two files", "由两个文件定义"),
        ("'{entity}' already has {kind} in {first}", "“{entity}”在 {first} 中已有{kind}"),
        ("One file lays out one entity.", "一个实体由一个文件布局。"),
        ("put both into one file", "请合并到一个文件"),
        "forms/a.yaml and forms/b.yaml both with entity: account",
    ),
    Entry(
        "D507",
        ("Node nobody reaches", "无法到达的节点"),
        ("no way leads to the node '{name}'", "没有路径通向节点“{name}”"),
        ("A node that is never reached is a mistake in the drawing.", "永远到不了的节点说明流程画错了。"),
        ("let another node lead to it, or remove it", "请让其他节点通向它,或将其删除"),
        "nodes without a 'to' that names them",
    ),
    Entry(
        "D508",
        ("Node without a way on", "节点没有出路"),
        ("a record can get stuck at the node '{name}': {reason}", "记录可能停在节点“{name}”:{reason}"),
        (
            "Every node but an end leads on, whatever its conditions say.",
            "除结束节点外,每个节点无论条件如何都要有出路。",
        ),
        ("add a last way without a condition", "请添加一条不带条件的出路"),
        'next: [{if: "total > 1", to: done}]',
    ),
    Entry(
        "D509",
        ("Loop without a decision", "没有审批的循环"),
        ("these nodes go round without anybody deciding: {cycle}", "这些节点循环往复而无人审批:{cycle}"),
        ("A loop must pass a person, otherwise it would never end.", "循环中必须有人审批,否则永远不会结束。"),
        ("put an approval into the loop", "请在循环中加入审批节点"),
        "a: {next: [{to: b}]}\nb: {next: [{to: a}]}",
    ),
    Entry(
        "D510",
        ("No end", "没有结束"),
        ("the workflow has no end that approves", "流程没有表示通过的结束节点"),
        ("A workflow ends in a node with 'end: approved'.", "流程须以“end: approved”的节点结束。"),
        ("add a node such as done: {{end: approved}}", "请添加节点,例如 done: {{end: approved}}"),
        "nodes: {a: {approve: …, next: [{to: a}]}}",
    ),
    Entry(
        "D511",
        ("Nothing to remove", "没有可移除的内容"),
        ("the template has no '{key}' here that could be removed", "模板此处没有可移除的“{key}”"),
        (
            "An empty value in the local layer takes away what the template says.",
            "本地层的空值用于移除模板中的内容。",
        ),
        ("remove the line", "请删除该行"),
        "local/entities/account.yaml: fields: {nmae: null}",
    ),
    Entry(
        "D512",
        ("Layers of different kinds", "层之间种类不同"),
        ("the template has {expected} here, the local layer {found}", "模板此处是{expected},本地层是{found}"),
        ("A local layer can only refine what has the same kind.", "本地层只能细化同类内容。"),
        ("write {expected}", "请写成{expected}"),
        "template: fields: {…}; local: fields: [a]",
    ),
    Entry(
        "D513",
        ("Platform too old", "平台版本过低"),
        ("the app needs dougong {needed}; this is {found}", "应用需要 dougong {needed};当前版本为 {found}"),
        ("The app says which platform it was made for.", "应用写明所需的平台版本。"),
        ("upgrade the platform", "请升级平台"),
        'requires: {platform: ">=99.0"}',
    ),
    Entry(
        "D514",
        ("Former name in use", "旧名称仍在使用"),
        ("'{name}' cannot be the former name: it is {reason}", "“{name}”不能作为旧名称:{reason}"),
        (
            "`was` names an id that existed before and exists no longer.",
            "was 指以前存在、现在不再存在的标识。",
        ),
        ("remove 'was', or rename the other one", "请删除 was,或重命名另一个"),
        "two fields with was: title",
    ),
    Entry(
        "D515",
        ("Formula that would go stale", "会过期的公式"),
        (
            "the formula reads {name}, but its value is stored and would not follow",
            "公式读取 {name},但其值已存储,不会随之更新",
        ),
        (
            "A formula is computed anew when a record that it reads is written, not with time, person or version.",
            "公式的值在其读取的记录被写入时重新计算,不会随时间、当前用户或记录版本而更新。",
        ),
        (
            "write stored: false, so that it is worked out when it is read; or copy the value with 'fill' or a default",
            "请写 stored: false 使其在读取时计算;或用 fill 或默认值复制该值",
        ),
        "age: {type: integer, formula: \"DATEDIF(born_on, TODAY(), 'Y')\"}",
    ),
    Entry(
        "D516",
        ("Column that the entity does not have", "实体没有的列"),
        (
            "the rows have a column '{name}', but '{entity}' has no such field",
            "数据有“{name}”列,但“{entity}”没有这个字段",
        ),
        ("The first line of a file of rows names fields of the entity.", "数据文件的首行是实体的字段名。"),
        ("known: {known}", "已有:{known}"),
        "data/seed/customer.csv: nmae,grade",
    ),
    Entry(
        "D517",
        ("Records that lost what they belong to", "记录不知道自己属于谁"),
        (
            "the rows of a sub-table become records, but no required link to '{owner}' goes on with what they belong to",
            "子表的行成为记录,但没有指向“{owner}”的必填关联来延续它们的归属",
        ),
        (
            "Rows belong to a record; as records of their own they keep that as a link, so that nothing is moved.",
            "子表的行属于一条记录;成为独立记录后以关联字段延续,数据无需搬动。",
        ),
        (
            "give it a field {{type: link, to: {owner}, required: true, was: parent}}",
            "请添加字段 {{type: link, to: {owner}, required: true, was: parent}}",
        ),
        "was_table: quote.lines",
    ),
    Entry(
        "D518",
        ("Condition that an index cannot hold", "唯一条件过于复杂"),
        (
            "'{expression}' cannot limit a unique rule",
            "“{expression}”不能用作唯一规则的条件",
        ),
        (
            "Unique rules are indexes, whose conditions compare fields of the record with constants; texts have plain letters.",
            "唯一规则是数据库索引,其条件只能将本记录的字段与常量比较;文本只含文字、数字、空格、点和连字符。",
        ),
        (
            "join comparisons of single fields with constants by AND, such as state = 'open' AND owner IS NOT EMPTY",
            "请用 AND 连接单个字段与常量的比较,例如 state = 'open' AND owner IS NOT EMPTY",
        ),
        "unique: [{fields: [code], where: day = TODAY()}]",
    ),
    Entry(
        "D520",
        ("Nothing to work out", "没有可计算的公式"),
        ("'{name}' stores nothing, but has no formula", "“{name}”不存储值,却没有公式"),
        (
            "stored: false says that the value of a formula is worked out when it is read; what people enter is always stored.",
            "stored: false 表示公式的值在读取时计算;人工填写的值总是存储的。",
        ),
        ("give it a formula, or remove 'stored'", "请设置公式,或删除 stored"),
        "days: {type: integer, stored: false}",
    ),
    Entry(
        "D521",
        ("Stored formula over a value that changes by itself", "存储的公式读取了会自行变化的值"),
        (
            "the formula stores its value, but '{name}' follows {asked}",
            "公式的值会被存储,但“{name}”随 {asked} 变化",
        ),
        (
            "A virtual field that depends on the day or the person changes while no record is written; a stored value goes stale.",
            "依赖日期或当前用户的虚拟字段会在没有写入的情况下变化,存储的值会过期。",
        ),
        ("write stored: false here too", "请在此也写 stored: false"),
        "is_late: {type: boolean, formula: days_left < 0}",
    ),
    Entry(
        "D530",
        ("Rule that does nothing", "没有动作的规则"),
        ("the rule does nothing", "该规则没有任何动作"),
        (
            "A rule asks something of a record or does something to its fields.",
            "规则要么对记录提出要求,要么作用于字段。",
        ),
        ("give it one of: {known}", "请写出以下之一:{known}"),
        "rules: [{when: amount > 5}]",
    ),
    Entry(
        "D531",
        ("Action without a condition", "动作缺少条件"),
        ("'{name}' says nothing without a condition", "“{name}”没有条件就没有意义"),
        (
            "Without `when` a rule always applies: everything would be shown, or every record be refused.",
            "没有 when 的规则始终适用:字段总是显示,或每条记录都被拒绝。",
        ),
        ("add 'when'", "请添加 when"),
        "rules: [{block: Too much}]",
    ),
    Entry(
        "D532",
        ("Rules in a circle", "规则循环"),
        ("what the rules set depends on itself: {cycle}", "规则设置的值取决于自身:{cycle}"),
        (
            "A rule cannot, directly or by formulas and other rules, read what it sets: which value comes out would be chance.",
            "规则不能直接或经由公式、其他规则读取它所设置的字段,否则结果不确定。",
        ),
        (
            "take one of the fields out of the circle, or use a default",
            "请让其中一个字段不参与循环,或改用默认值",
        ),
        "rules: [{when: a > 1, set: {b: 2}}, {when: b > 1, set: {a: 0}}]",
    ),
    Entry(
        "D533",
        ("Nothing to work out anew", "没有可重新计算的值"),
        (
            "'{name}' has no default that could be worked out anew while it is hidden",
            "“{name}”没有默认值,隐藏时无法重新计算",
        ),
        (
            "hidden_value: recompute gives a hidden field its default again.",
            "hidden_value: recompute 让隐藏的字段重新取默认值。",
        ),
        ("give it a default, or write hidden_value: empty", "请设置默认值,或写 hidden_value: empty"),
        "note: {type: text, hidden_value: recompute}",
    ),
    Entry(
        "D534",
        ("Denial of fields that the action has none of", "该操作不涉及字段"),
        ("'{action}' is not about single fields", "“{action}”不针对单个字段"),
        (
            "Fields can be denied for read, create, update and reveal; other actions are allowed or denied as a whole.",
            "字段只能针对 read、create、update、reveal 禁止;其他操作只能整体允许或禁止。",
        ),
        ("take out 'fields', or the action", "请去掉 fields 或该操作"),
        "deny: {no_export: {entity: a, actions: [export], fields: [b], reason: Secret}}",
    ),
    Entry(
        "D535",
        ("Owner that is no person", "负责人不是成员"),
        ("'{name}' cannot name the owner of a record", "“{name}”不能作为记录的负责人"),
        (
            "The owner is one person, whom somebody can choose: a field of type member without a formula.",
            "负责人是可以选择的一个人:没有公式的 member 字段。",
        ),
        ("name a field of type member", "请使用 member 类型的字段"),
        "owner: name",
    ),
    Entry(
        "D536",
        ("Records without an owner cannot follow", "没有负责人的记录无法随之移交"),
        ("the records of '{name}' have no owner of their own", "“{name}”的记录没有各自的负责人"),
        (
            "Related records follow a new owner where each belongs to one record and has an owner itself.",
            "只有属于单条记录且自身有负责人的关联记录才会随之移交。",
        ),
        ("take it out, or give its table an owner", "请去掉它,或为其数据表设置负责人"),
        "follow_owner: [comments]",
    ),
    Entry(
        "D540",
        ("Links that fill each other", "关联互相填充"),
        ("what choosing a record fills in depends on itself: {cycle}", "选择后填充的值取决于自身:{cycle}"),
        (
            "Each value is filled in after what it is made of; in a circle there is no first one.",
            "每个值都在它所依据的值之后填充,循环中没有先后。",
        ),
        ("take one of the fields out of 'fill'", "请让其中一个字段不再由 fill 填充"),
        "a: {type: link, to: x, fill: {b: y}}, b: {type: link, to: y, fill: {a: x}}",
    ),
    Entry(
        "D541",
        ("Filled in too early", "填充时尚未算出"),
        (
            "'{name}' is worked out after records are chosen, so it cannot be filled in from",
            "“{name}”在选择记录之后才计算,不能用于填充",
        ),
        (
            "Formulas and rows of sub-tables come after what choosing a record fills in, as they may read it.",
            "公式和子表的行在填充之后处理,因为它们可能读取填充的值。",
        ),
        ("read the fields that it is computed from, or use a formula", "请读取它所依据的字段,或改用公式"),
        "product: {type: link, to: product, fill: {price: price * this.total}}",
    ),
    Entry(
        "D550",
        ("Rule that can never hold", "永远不会适用的规则"),
        (
            "nothing at the door '{door}' is what the rule is about ({acts})",
            "入口“{door}”不会发生该规则所针对的操作({acts})",
        ),
        (
            "A rule holds where both fit: what is done (`on`) and the door (`doors`). An import deletes nothing, a workflow only changes.",
            "规则在操作(on)与入口(doors)同时符合时适用。导入不会删除记录;流程只会修改记录。",
        ),
        ("take the door away, or let the rule be about more", "请去掉该入口,或让规则针对更多操作"),
        "rules: [{when: paid, block: Paid, on: [delete], doors: [import]}]",
    ),
    Entry(
        "D551",
        ("Action that never takes place", "永远不会发生的动作"),
        ("'{name}' does nothing for a rule about {acts}", "针对“{acts}”的规则中,“{name}”不起作用"),
        (
            "A deletion asks check, block, warn and lock; the other actions are about what a record becomes. Nothing new is locked.",
            "删除只检查 check、block、warn 和 lock;其他动作针对记录将成为的样子。新记录不会被锁定。",
        ),
        ("add 'update' to 'on', or take the action away", "请在 on 中加上 update,或去掉该动作"),
        "rules: [{when: paid, hide: [note], on: [delete]}]",
    ),
    Entry(
        "D552",
        ("Figure that a message cannot show", "提示中无法显示的值"),
        ("'{text}' is a {type}, which a message does not show", "“{text}”的类型是 {type},提示中无法显示"),
        (
            "Messages of rules show texts, numbers and dates that stand in braces.",
            "规则的提示可以用花括号显示文本、数字和日期。",
        ),
        ("show a text, a number or a date", "请显示文本、数字或日期"),
        'block: "Too late: {lines}"',
    ),
)
