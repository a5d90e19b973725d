"""A small app whose entity has a rule of every kind, also for the rows of its sub-table."""

from collections.abc import Mapping
from typing import Any

CHANGES: tuple[tuple[str, Any], ...] = (
    ("kind", "travel"),
    ("kind", "other"),
    ("city", "Wuxi"),
    ("guests", 9),
    ("level", "high"),
    ("reason", "dinner"),
    ("amount", "11"),
    ("amount", "600"),
    ("amount", "6000"),
    ("kept", "b"),
    ("kept", "c"),
)
"""What workflows of their own set."""


def workflow_of(change: Mapping[str, Any]) -> str:
    """The workflow that makes a change."""
    [(name, value)] = change.items()
    return f"{name}_{value}".lower()


def _workflow(name: str, value: Any) -> str:
    return f"""
entity: claim
start: {{on: submit, set: {{{name}: "{value}"}}}}
nodes:
  boss: {{approve: {{by: [{{role: clerk}}], empty: admin}}, next: [{{to: done}}]}}
  done: {{end: approved}}
"""


SCOPES: Mapping[str, str] = {
    "everywhere": "",
    "created": "on: [create]",
    "changed": "on: [update]",
    "screen": "doors: [screen]",
    "api": "doors: [api]",
    "import": "doors: [import]",
    "changed_by_api": "on: [update], doors: [api]",
    "asked": "doors: [screen, api]",
    "workflow": "doors: [workflow]",
    "one_workflow": "doors: [workflow.kept_b]",
    "one_node": "doors: [workflow.kept_c.done]",
    "removed": "on: [delete]",
}
"""Where rules hold, as `trial` names it: a claim says by it which of them it is to meet."""


def _scoped(name: str, scope: str) -> str:
    """The rules of one scope: for `b` all that refuse or ask, for `c` those that change what is written."""
    where = f", {scope}" if scope else ""
    refusing = (
        "block: {en: Blocked here, zh: 此处拒绝}, warn: {en: Warned here, zh: 此处提醒}, fields: [kept]"
    )
    if name == "removed":
        return f"""  - {{when: "trial = '{name}' AND kept <> 'a'", {refusing}{where}}}\n"""
    asking = "require: [needed], readonly: [kept], options: {picked: [x]}"
    return f"""  - {{when: "trial = '{name}' AND kept = 'b'", {asking}, {refusing}{where}}}
  - {{when: "trial = '{name}' AND kept = 'c'", set: {{given: "'ruled'"}}, hide: [seen]{where}}}
"""


_CLAIM = """
label: {en: Claim, zh: 报销单}
plural: {en: Claims, zh: 报销单}
title: "{name}"
fields:
  name: {type: text, required: true, unique: true, label: {en: Name, zh: 名称}}
  kind: {type: choice, options: {travel: Travel, meal: Meal, other: Other}, default: "'meal'"}
  reason: {type: choice, options: {visit: Visit, fair: Fair, dinner: Dinner}, label: {en: Reason, zh: 事由}}
  city: {type: text, required: true, hidden_value: empty, label: {en: City, zh: 城市}}
  guests: {type: integer, default: 2, hidden_value: recompute, label: {en: Guests, zh: 人数}}
  memo: {type: text, label: {en: Memo, zh: 备注}}
  closed: {type: boolean, default: false}
  amount: {type: money, decimals: 2, default: 10, label: {en: Amount, zh: 金额}}
  ceiling: {type: money, decimals: 2, label: Limit}
  level: {type: choice, options: {low: Low, high: High}}
  total: {type: money, decimals: 2, formula: "SUM(lines.cost)"}
  lines:
    type: table
    label: {en: Lines, zh: 明细}
    fields:
      what: {type: text, required: true}
      quantity: {type: integer, default: 1}
      price: {type: money, decimals: 2}
      cost: {type: money, decimals: 2, formula: "quantity * price"}
      room: {type: text, required: true, hidden_value: empty}
      grade: {type: choice, options: {a: A, b: B}}
    rules:
      - {when: "parent.kind = 'travel'", show: [room]}
      - {when: "what = 'free'", set: {price: 0}, readonly: [quantity]}
      - {when: "quantity > 50", block: {en: Too many, zh: 数量太多}, fields: [quantity]}
      - {when: "what = 'plain'", options: {grade: [a]}}
  trial: {type: choice, options: {@TRIALS@}}
  kept: {type: text, default: "'a'", label: {en: Kept, zh: 保留}}
  needed: {type: text, label: {en: Needed, zh: 必需}}
  picked: {type: choice, options: {x: X, y: Y}, label: {en: Picked, zh: 所选}}
  given: {type: text}
  seen: {type: text, hidden_value: empty}
  notes:
    type: table
    hidden_value: empty
    label: {en: Notes, zh: 说明}
    fields: {text: {type: text, required: true}}
  parts: {type: integer, formula: "COUNT(notes.text)"}
rules:
  - {when: "kind = 'travel'", show: [city], options: {reason: [visit, fair]}}
  - {when: "kind <> 'meal'", hide: [guests]}
  - {when: "kind = 'other'", hide: [notes, memo], require: [reason]}
  - {when: "closed", readonly: [amount, lines], message: {en: The claim is closed, zh: 报销单已关闭}}
  - {when: "total > 1000", set: {level: "'high'"}}
  - {when: "total <= 1000", set: {level: "'low'"}}
  - {when: "level = 'high'", set: {ceiling: "total * 2"}}
  - {when: "amount > 500", warn: {en: That is a lot, zh: 金额较大}, fields: [amount]}
  - {when: "amount > 5000", block: {en: Too much, zh: 金额过大}, fields: [amount]}
  - {readonly: [ceiling], on: [create]}
  - {when: "memo = 'sealed'", lock: true, message: {en: Sealed claims stay as they are, zh: 已封存的报销单保持不变}}
  - {when: "memo = 'paid'", block: {en: Paid claims stay, zh: 已付款的报销单不能删除}, on: [delete]}
  - {when: "memo = 'dear'", warn: {en: Somebody holds it dear, zh: 有人想保留}, on: [delete]}
  - {when: "memo = 'slow' AND kind = 'meal'", warn: {en: Slow claims are seldom meals, zh: 请再确认类别}}
@SCOPED@"""
SOURCES: dict[str, str] = {
    "app.yaml": """
id: desk
version: 1.0.0
label: {en: Desk, zh: 报销}
languages: [zh, en]
currency: CNY
""",
    "entities/claim.yaml": _CLAIM.replace(
        "@TRIALS@", ", ".join(f"{name}: {name}" for name in SCOPES)
    ).replace("@SCOPED@", "".join(_scoped(name, scope) for name, scope in SCOPES.items())),
    "views/claim.yaml": """
views:
  board: {label: {en: Board, zh: 看板}, type: kanban, group: kind, columns: [name, amount]}
""",
    "roles/clerk.yaml": """
label: {en: Clerk, zh: 职员}
grants:
  claim: {read: true, create: true, update: true, delete: true, import: true, export: true}
""",
    **{
        f"workflows/{workflow_of({name: value})}.yaml": _workflow(
            name, value if name in ("amount", "guests") else f"'{value}'"
        )
        for name, value in CHANGES
    },
}
