"""A small app for the tests of approvals: expense claims, with people who stand above one another."""

SOURCES: dict[str, str] = {
    "app.yaml": "id: desk\nversion: 1.0.0\nlabel: {en: Desk, zh: 办公}\nlanguages: [zh, en]\n",
    "entities/claim.yaml": """
label: {en: Claim, zh: 报销}
title: "{subject}"
fields:
  subject: {type: text, required: true, max_length: 200, label: {en: Subject, zh: 事由}}
  owner: {type: member, default: "ME()", required: true}
  helper: {type: member}
  amount: {type: money, formula: "SUM(lines.price)"}
  limit: {type: money}
  secret: {type: text}
  memo: {type: text}
  receipt: {type: file, multiple: true}
  diary: {type: file}
  former: {type: link, to: claim, on_delete: clear}
  checked_on: {type: date}
  status:
    type: choice
    default: "'draft'"
    options: {draft: {label: Draft}, pending: {label: Pending}, approved: {label: Approved}, rejected: {label: Rejected}}
  lines: {type: table, fields: {what: {type: text}, price: {type: money, required: true}}}
""",
    "workflows/claim_approval.yaml": """
label: {en: Claim approval, zh: 报销审批}
entity: claim
start:
  on: submit
  if: "amount > 100"
  set: {status: "'pending'"}
  withdraw: {allow: true, set: {status: "'draft'"}}
nodes:
  boss:
    label: {en: Superior, zh: 直属上级}
    approve: {by: [{superior_of: owner, level: 1}], mode: any, empty: skip, same_as_initiator: skip}
    fields: {edit: [limit], hide: [secret, diary]}
    next: [{if: "amount > 1000", to: money}, {to: done}]
    reject: refused
  money:
    label: {en: Finance, zh: 财务}
    approve: {by: [{role: finance}], mode: all, empty: admin, comment: required}
    next: [{to: done}]
    reject: refused
  done: {end: approved, set: {status: "'approved'", checked_on: "TODAY()"}}
  refused: {end: rejected, set: {status: "'rejected'"}}
""",
    "roles/staff.yaml": """
label: {en: Staff, zh: 员工}
grants:
  claim: {read: {rows: "owner = ME()"}, create: true, update: {rows: "owner = ME()"}, delete: {rows: "owner = ME()"}}
""",
    "roles/lead.yaml": "label: {en: Lead, zh: 组长}\ngrants: {claim: {read: true, update: true}}\n",
    "roles/finance.yaml": "label: {en: Finance, zh: 财务}\ngrants: {claim: {read: true}}\n",
}
