"""A small app whose forms compute as one types, and people who see more or less of it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.web_server import PASSWORD

SOURCES = {
    "app.yaml": "{id: shop, version: 1.0.0, label: {en: Shop, zh: 店}, languages: [zh, en]}",
    "entities/product.yaml": """
label: {en: Product, zh: 产品}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  rate: {type: money, decimals: 2, label: {en: Rate, zh: 单价}}
  doubled: {type: money, decimals: 2, formula: "rate * 2", label: {en: Doubled, zh: 双倍}}
""",
    "entities/order.yaml": """
label: {en: Order, zh: 订单}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  kind: {type: choice, label: {en: Kind, zh: 类型}, options: {plain: {en: Plain, zh: 普通}, rush: {en: Rush, zh: 加急}}}
  ordered: {type: date, label: {en: Ordered, zh: 下单}}
  due: {type: date, label: {en: Due, zh: 到期}, default: "ordered + 30"}
  met: {type: datetime, label: {en: Met, zh: 见面}}
  later: {type: datetime, label: {en: Later, zh: 之后}, formula: "DATEADD(met, 1, 'month')"}
  paid: {type: boolean, label: {en: Paid, zh: 已付}}
  discount: {type: percent, label: {en: Discount, zh: 折扣}}
  tax_rate: {type: percent, label: {en: Tax rate, zh: 税率}, default: "IF(kind = 'rush', 0.1, 0.05)"}
  buyer: {type: member, label: {en: Buyer, zh: 采购}}
  lines:
    type: table
    label: {en: Lines, zh: 明细}
    fields:
      product: {type: link, to: product, label: {en: Product, zh: 产品}}
      listed: {type: money, decimals: 2, label: {en: Listed, zh: 目录价}, formula: "product.rate * quantity"}
      item: {type: text, label: {en: Item, zh: 物品}}
      quantity: {type: decimal, decimals: 2, default: 1, label: {en: Quantity, zh: 数量}}
      price: {type: money, decimals: 2, label: {en: Price, zh: 单价}}
      rate: {type: percent, label: {en: Rate, zh: 率}, default: "parent.discount"}
      subtotal: {type: money, decimals: 2, label: {en: Subtotal, zh: 小计}, formula: "quantity * price * (1 - rate)"}
      share: {type: percent, label: {en: Share, zh: 占比}, formula: "subtotal / parent.tax_rate"}
  gift: {type: link, to: product, label: {en: Gift, zh: 赠品}}
  worth: {type: money, decimals: 2, label: {en: Worth, zh: 价值}, formula: "gift.doubled"}
  catalogue: {type: money, decimals: 2, label: {en: Catalogue, zh: 目录}, formula: "SUM(lines.listed) + worth"}
  net: {type: money, decimals: 2, label: {en: Net, zh: 净额}, formula: "SUM(lines.subtotal)"}
  total: {type: money, decimals: 2, label: {en: Total, zh: 合计}, formula: "ROUND(net * (1 + tax_rate), 2)"}
  many: {type: integer, label: {en: Many, zh: 行数}, formula: "COUNT(lines)"}
  big: {type: boolean, label: {en: Big, zh: 大单}, formula: "total > 1000"}
  words: {type: text, label: {en: Words, zh: 文字}, formula: "UPPER(name) & ' ' & kind & ' ' & TEXT(ordered, 'yyyy年M月d日')"}
  status:
    type: choice
    label: {en: Status, zh: 状态}
    options: {open: {en: Open, zh: 未付}, done: {en: Done, zh: 已结}}
    formula: "IF(paid, 'done', 'open')"
  worked: {type: integer, label: {en: Worked, zh: 工作日}, formula: "NETWORKDAYS(ordered, due)"}
  days: {type: integer, label: {en: Days, zh: 天数}, formula: "due - ordered"}
""",
}


def sign_in(page: Page, address: str, person: str = "ada") -> None:
    page.goto(f"{address}/sign-in")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
