"""A small app with fields whose values are worked out when they are read, of every kind."""

from __future__ import annotations

SOURCES: dict[str, str] = {
    "app.yaml": """
id: club
version: 1.0.0
label: {en: Club, zh: 俱乐部}
languages: [zh, en]
currency: CNY
""",
    "entities/member_card.yaml": """
label: {en: Card, zh: 会员卡}
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 40}
  keeper: {type: member}
  rate: {type: decimal, decimals: 4}
  valid_to: {type: date}
  seen_at: {type: datetime}
  level: {type: choice, options: {gold: Gold, plain: Plain}}
  days_left: {type: integer, stored: false, formula: "DAYS(valid_to, TODAY())"}
  is_over: {type: boolean, stored: false, formula: "days_left < 0"}
  idle_days: {type: integer, stored: false, formula: "DATEDIF(DATE(seen_at), TODAY(), 'D')"}
  is_mine: {type: boolean, stored: false, formula: "keeper = ME()"}
  shown: {type: text, stored: false, formula: "name & '/' & level"}
  spent: {type: money, decimals: 2, stored: false, formula: "SUM(visits.total)"}
  large: {type: integer, stored: false, formula: "COUNT(visits WHERE total > 100)"}
  last_on: {type: date, stored: false, formula: "MAX(visits.day)"}
  helper: {type: member, stored: false, formula: "keeper"}
  share: {type: percent, decimals: 1, stored: false, formula: "spent / SUM(ALL(visit).total)"}
  is_reader: {type: boolean, stored: false, formula: "HAS_ROLE('reader')"}
  is_known: {type: boolean, stored: false, formula: "HAS_ROLE('reader') OR name IS NOT EMPTY"}
  day: {type: date, stored: false, formula: "TODAY()"}
  one: {type: integer, stored: false, formula: "1"}
  word: {type: text, stored: false, formula: "'ab'"}
  moment: {type: datetime, stored: false, formula: "NOW()"}
  half: {type: decimal, decimals: 1, stored: false, formula: "rate / 2"}
  wide: {type: integer, stored: false, formula: "rate * 10000000000000000"}
  bonus: {type: money, decimals: 2, formula: "spent * 0.1"}
  class: {type: choice, options: {gold: Gold, plain: Plain}, stored: false, formula: "IF(spent > 100, 'gold', 'plain')"}
""",
    "entities/visit.yaml": """
label: {en: Visit, zh: 到访}
title: "{number}"
fields:
  number: {type: text, required: true}
  card: {type: link, to: member_card, inverse: visits}
  day: {type: date}
  total: {type: money, decimals: 2, stored: false, formula: "SUM(items.amount)"}
  left_then: {type: integer, stored: false, formula: "card.days_left"}
  card_class: {type: text, stored: false, formula: "card.class & '!'"}
  card_total: {type: money, decimals: 2, stored: false, formula: "card.spent"}
  weight: {type: decimal, decimals: 3, formula: "total / 7"}
  items:
    type: table
    fields:
      what: {type: text}
      price: {type: money, decimals: 2}
      quantity: {type: integer}
      amount: {type: money, decimals: 2, stored: false, formula: "price * quantity"}
      rated: {type: decimal, decimals: 3, stored: false, formula: "amount * parent.card.rate"}
""",
    "views/member_card.yaml": """
views:
  all: {label: {en: All, zh: 全部}, columns: [name, days_left, spent, class, helper], sort: ["-spent"], totals: [spent]}
  left: {label: {en: Left, zh: 剩余}, filter: "days_left BETWEEN 0 AND 9", columns: [name, days_left], sort: [days_left]}
  board: {label: {en: Board, zh: 看板}, type: kanban, group: class, columns: [days_left], totals: [spent]}
""",
    "reports/spending.yaml": """
label: {en: Spending, zh: 消费}
from: member_card
group: [class, {month: last_on}]
measures: {spent: {value: "SUM(spent)"}, left: {value: "MIN(days_left)"}, over: {value: "COUNT(is_over)"}}
filter: "days_left IS NOT EMPTY"
""",
    "roles/reader.yaml": """
label: {en: Reader, zh: 读者}
grants:
  member_card: {read: {hide: [spent, valid_to]}}
  visit: {read: true}
""",
    "roles/guest.yaml": """
label: {en: Guest, zh: 访客}
grants:
  member_card: {read: {rows: "days_left >= 0"}}
  visit: {read: {rows: "card.spent > 100"}}
""",
}
