"""A small app whose roles differ in fields by rows, deny things and count shares: deals with lines, owners and costs."""

SOURCES: dict[str, str] = {
    "app.yaml": "id: ledger\nversion: 1.0.0\nlabel: {en: Ledger, zh: 账目}\nlanguages: [zh, en]\ncurrency: CNY\n",
    "entities/client.yaml": """
label: {en: Client, zh: 客户}
title: "{name}"
search: [name, secret]
follow_owner: [deals]
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  secret: {type: text}
  owner: {type: member, default: "ME()"}
""",
    "entities/deal.yaml": """
label: {en: Deal, zh: 交易}
title: "{name} {code}"
search: [name, code]
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  code: {type: text, label: {en: Code, zh: 代码}}
  client: {type: link, to: client, on_delete: clear, inverse: deals}
  owner: {type: member, default: "ME()", label: {en: Owner, zh: 负责人}}
  department: {type: department}
  cost: {type: money, decimals: 2, label: {en: Cost, zh: 成本}}
  judge: {type: member}
  phone: {type: phone, mask: {first: 3, last: 2}}
  paper: {type: file}
  closed: {type: boolean, default: false}
  partners: {type: links, to: client, inverse: partner_deals}
  lines:
    type: table
    fields:
      what: {type: text}
      cost: {type: money, decimals: 2}
  doubled: {type: money, decimals: 2, formula: "cost * 2", stored: false}
""",
    "roles/own.yaml": """
label: {en: Own, zh: 本人}
grants:
  client: {read: {rows: "owner = ME()"}, create: true, update: true}
  deal:
    read: {rows: "owner = ME()"}
    create: true
    update: {rows: "owner = ME()"}
    delete: {rows: "owner = ME()"}
    reveal: {rows: "owner = ME()"}
    export: true
""",
    "roles/all.yaml": """
label: {en: All, zh: 全部}
grants:
  client: {read: {hide: [secret]}}
  deal:
    read: {hide: [code, client, cost, judge, phone, paper, partners, lines.cost, doubled]}
    update: {fields: {only: [name, lines, code, cost]}}
""",
    "roles/lineless.yaml": """
label: {en: Without lines, zh: 无明细}
grants:
  deal: {read: {hide: [lines]}}
""",
    "roles/guest.yaml": """
label: {en: Guest, zh: 访客}
grants:
  client: {read: {rows: "owner = ME()", shared: true}}
  deal:
    read: {rows: "owner = ME()", shared: true, hide: [cost]}
    update: {rows: "owner = ME()", shared: true, fields: {except: [cost]}}
    share: true
""",
    "roles/below.yaml": """
label: {en: Below, zh: 下属}
grants: {deal: {read: {rows: "owner = ME() OR owner IN MY_SUBORDINATES()"}}}
""",
    "roles/tree.yaml": """
label: {en: Tree, zh: 部门}
grants: {deal: {read: {rows: "department IN MY_DEPARTMENT_TREE()"}}}
""",
    "roles/linked.yaml": """
label: {en: Linked, zh: 关联}
grants: {deal: {read: {rows: "client.owner = ME()"}}, client: {read: true}}
""",
    "roles/shut.yaml": """
label: {en: Shut, zh: 封闭}
grants: {}
deny:
  closed_deals:
    entity: deal
    actions: [update, delete]
    rows: "closed"
    reason: {en: closed deals stay as they are, zh: 已关闭的交易不能改动}
  costs_of_closed:
    entity: deal
    actions: [read]
    rows: "closed"
    fields: [cost]
    reason: {en: costs of closed deals are secret, zh: 已关闭交易的成本保密}
  no_export:
    entity: deal
    actions: [export]
    reason: {en: nothing leaves, zh: 不得导出}
  no_closed:
    entity: deal
    actions: [create]
    rows: "closed"
    reason: {en: nothing begins closed, zh: 不能新建已关闭的交易}
""",
    "roles/helper.yaml": """
label: {en: Helper, zh: 助手}
grants:
  deal: {read: true, create: {fields: {except: [cost]}}, update: true, batch: false, print: false, copy: false}
""",
}
PEOPLE: dict[str, list[str]] = {
    "ann": ["own", "all"],
    "bob": ["own"],
    "cid": ["own", "lineless"],
    "dan": ["own", "all", "shut"],
    "eve": ["guest"],
    "fay": ["guest"],
    "hal": ["helper"],
    "ole": ["owner"],
    "bea": ["below"],
    "tom": ["tree"],
    "lin": ["linked"],
}
