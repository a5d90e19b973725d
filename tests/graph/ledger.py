"""A small app whose computed fields read other records, in a chain of three and back again, and what they must be, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

SOURCES: dict[str, str] = {
    "app.yaml": """
id: ledger
version: 1.0.0
label: {en: Ledger, zh: 账簿}
languages: [zh, en]
currency: CNY
""",
    "entities/region.yaml": """
label: {en: Region, zh: 区域}
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 40}
  rate: {type: decimal, decimals: 4}
  class: {type: integer}
  turnover: {type: money, decimals: 2, formula: "SUM(accounts.turnover)"}
  best: {type: text, formula: "IF(MAX(accounts.turnover) > 100, 'good', 'poor')"}
  billed: {type: money, decimals: 2, formula: "SUM(ALL(invoice).due WHERE level = this.class)"}
  turnover_read: {type: money, decimals: 2, stored: false, formula: "SUM(accounts.turnover_read)"}
  best_read: {type: text, stored: false, formula: "IF(MAX(accounts.turnover) > 100, 'good', 'poor')"}
  billed_read: {type: money, decimals: 2, stored: false, formula: "SUM(ALL(invoice).due WHERE level = this.class)"}
""",
    "entities/account.yaml": """
label: {en: Account, zh: 客户}
title: "{name}"
search: [name, address]
fields:
  name: {type: text, required: true, max_length: 40}
  region: {type: link, to: region, on_delete: clear, inverse: accounts}
  above: {type: link, to: account, on_delete: clear, inverse: below}
  level: {type: integer, min: 0, max: 9}
  factor: {type: decimal, decimals: 4, formula: "region.rate * (1 - level / 10)"}
  address: {type: text, formula: "region.name & '/' & name"}
  turnover: {type: money, decimals: 2, formula: "SUM(orders.total)"}
  large: {type: integer, formula: "COUNT(orders WHERE total > 50 + this.level * 10)"}
  group: {type: money, decimals: 2, formula: "turnover + SUM(below.turnover)"}
  groups: {type: integer, formula: "COUNT(region.accounts)"}
  factor_read: {type: decimal, decimals: 4, stored: false, formula: "region.rate * (1 - level / 10)"}
  address_read: {type: text, stored: false, formula: "region.name & '/' & name"}
  turnover_read: {type: money, decimals: 2, stored: false, formula: "SUM(orders.total_read)"}
  large_read: {type: integer, stored: false, formula: "COUNT(orders WHERE total_read > 50 + this.level * 10)"}
  group_read: {type: money, decimals: 2, stored: false, formula: "turnover_read + SUM(below.turnover_read)"}
  groups_read: {type: integer, stored: false, formula: "COUNT(region.accounts)"}
""",
    "entities/product.yaml": """
label: {en: Product, zh: 产品}
title: "{name}"
fields:
  name: {type: text, required: true, max_length: 40}
  price: {type: money, decimals: 2}
  taxed: {type: money, decimals: 2, formula: "price * 1.13"}
  shelf: {type: money, decimals: 2, stored: false, formula: "price * 1.5"}
  sold: {type: integer, formula: "SUM(sales.quantity)"}
  featured: {type: integer, formula: "COUNT(featuring)"}
  reach: {type: money, decimals: 2, formula: "SUM(featuring.total)"}
  taxed_read: {type: money, decimals: 2, stored: false, formula: "price * 1.13"}
  sold_read: {type: integer, stored: false, formula: "SUM(sales.quantity)"}
  featured_read: {type: integer, stored: false, formula: "COUNT(featuring)"}
""",
    "entities/order.yaml": """
label: {en: Order, zh: 订单}
title: "{number}"
fields:
  number: {type: text}
  account: {type: link, to: account, on_delete: cascade, inverse: orders}
  lines:
    type: table
    fields:
      product: {type: link, to: product, on_delete: clear, inverse: sales}
      quantity: {type: integer}
      taxed: {type: money, decimals: 2, formula: product.taxed}
      amount: {type: money, decimals: 2, formula: "quantity * taxed * parent.factor"}
      taxed_read: {type: money, decimals: 2, stored: false, formula: product.taxed_read}
      amount_read: {type: money, decimals: 2, stored: false, formula: "quantity * taxed_read * parent.factor_read"}
  extras: {type: links, to: product, inverse: featuring}
  factor: {type: decimal, decimals: 4, formula: account.factor}
  total: {type: money, decimals: 2, formula: "SUM(lines.amount)"}
  extra: {type: money, decimals: 2, formula: "SUM(extras.taxed)"}
  counted: {type: integer, formula: "COUNT(extras)"}
  most: {type: money, decimals: 2, formula: "MAX(lines.taxed)"}
  shelved: {type: money, decimals: 2, formula: "SUM(lines.product.shelf)"}
  gap: {type: money, decimals: 2, stored: false, formula: "shelved - total"}
  factor_read: {type: decimal, decimals: 4, stored: false, formula: account.factor_read}
  total_read: {type: money, decimals: 2, stored: false, formula: "SUM(lines.amount_read)"}
  extra_read: {type: money, decimals: 2, stored: false, formula: "SUM(extras.taxed_read)"}
  most_read: {type: money, decimals: 2, stored: false, formula: "MAX(lines.taxed_read)"}
""",
    "entities/invoice.yaml": """
label: {en: Invoice, zh: 发票}
title: "{number}"
fields:
  number: {type: text}
  order: {type: link, to: order, on_delete: clear}
  fee: {type: money, decimals: 2}
  product: {type: link, to: product, on_delete: clear}
  alike: {type: money, decimals: 2, formula: "SUM(ALL(invoice).fee WHERE product = this.product AND fee > 5)"}
  due: {type: money, decimals: 2, formula: "order.total + order.extra + fee"}
  level: {type: integer, formula: order.account.level}
  place: {type: text, formula: "order.account.address"}
  alike_read:
    type: money
    decimals: 2
    stored: false
    formula: "SUM(ALL(invoice).fee WHERE product = this.product AND fee > 5)"
  due_read: {type: money, decimals: 2, stored: false, formula: "order.total_read + order.extra_read + fee"}
  level_read: {type: integer, stored: false, formula: order.account.level}
  place_read: {type: text, stored: false, formula: "order.account.address_read"}
""",
}
"""Lookups, sums over lists of every kind, and all of them in a chain that comes back to where it began. Fields with `_read` behind
their name are the same, worked out when they are read, each over others of that kind where there are any."""


@dataclass(frozen=True, slots=True)
class Rules:
    """In what the versions of the ledger differ: the tax on a price, what stands between the parts of an address."""

    tax: Decimal
    between: str
    shelf: Decimal = Decimal("1.5")


SECOND: dict[str, str] = {
    **SOURCES,
    "app.yaml": SOURCES["app.yaml"].replace("1.0.0", "2.0.0"),
    "entities/product.yaml": (
        SOURCES["entities/product.yaml"]
        .replace("price * 1.13", "price * 1.06")
        .replace("price * 1.5", "price * 3")
    ),
    "entities/account.yaml": SOURCES["entities/account.yaml"].replace("'/'", "'@'"),
    "entities/order.yaml": SOURCES["entities/order.yaml"].replace(
        '  counted: {type: integer, formula: "COUNT(extras)"}\n', ""
    ),
}
"""The next version: formulas at the beginning of chains say something else (one is not stored), and a computed field is gone."""
RULES: Mapping[str, Rules] = {
    "1.0.0": Rules(Decimal("1.13"), "/"),
    "2.0.0": Rules(Decimal("1.06"), "@", Decimal(3)),
}

Row = Mapping[str, Any]
Tables = Mapping[str, Mapping[int, Row]]
"""The living records by entity and id; rows of sub-tables and targets of links stand in them as lists."""


def rounded(value: Decimal | None, decimals: int) -> Decimal | None:
    """Half away from zero."""
    return None if value is None else value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def times(*values: Decimal | int | None) -> Decimal | None:
    """A product; nothing times anything is nothing."""
    result = Decimal(1)
    for value in values:
        if value is None:
            return None
        result *= value
    return result


def total(values: Iterable[Decimal | None]) -> Decimal:
    """A sum that leaves out what is empty."""
    return sum((value for value in values if value is not None), Decimal(0))


def expected(tables: Tables, rules: Rules = RULES["1.0.0"]) -> dict[tuple[str, int], dict[str, Any]]:
    """What every computed field must hold, from nothing but what people entered."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for identifier, account in tables["account"].items():
        found["account", identifier] = _account(tables, account, rules)
    for identifier, product in tables["product"].items():
        taxed = rounded((product["price"] or Decimal(0)) * rules.tax, 2)
        found["product", identifier] = {"taxed": taxed}
    for identifier, order in tables["order"].items():
        found["order", identifier] = _order(tables, found, order, rules)
    for identifier in tables["product"]:
        found["product", identifier] |= _sales(tables, found, identifier)
    for identifier, invoice in tables["invoice"].items():
        found["invoice", identifier] = _invoice(tables, found, invoice)
    for identifier, account in tables["account"].items():
        found["account", identifier] |= _turnover(tables, found, identifier, account)
    for identifier in tables["account"]:
        below = [each for each, other in tables["account"].items() if other["above"] == identifier]
        own = found["account", identifier]
        own["group"] = own["turnover"] + total(found["account", each]["turnover"] for each in below)
    for identifier, region in tables["region"].items():
        found["region", identifier] = _region(tables, found, identifier, region)
    return found


def _sales(tables: Tables, found: Mapping[tuple[str, int], Row], product: int) -> dict[str, Any]:
    lines = [line for order in tables["order"].values() for line in order["lines"]]
    featuring = [each for each, order in tables["order"].items() if product in order["extras"]]
    return {
        "sold": sum(line["quantity"] or 0 for line in lines if line["product"] == product),
        "featured": len(featuring),
        "reach": total(found["order", each]["total"] for each in featuring),
    }


def _turnover(
    tables: Tables, found: Mapping[tuple[str, int], Row], identifier: int, account: Row
) -> dict[str, Any]:
    orders = [each for each, order in tables["order"].items() if order["account"] == identifier]
    totals = [found["order", each]["total"] for each in orders]
    beside = [each for each in tables["account"].values() if each["region"] == account["region"]]
    return {
        "turnover": total(totals),
        "large": sum(each > 50 + 10 * (account["level"] or 0) for each in totals),
        "groups": len(beside) if account["region"] else 0,
    }


def _region(
    tables: Tables, found: Mapping[tuple[str, int], Row], identifier: int, region: Row
) -> dict[str, Any]:
    accounts = [each for each, account in tables["account"].items() if account["region"] == identifier]
    turnovers = [found["account", each]["turnover"] for each in accounts]
    billed = [
        found["invoice", each]["due"]
        for each in tables["invoice"]
        if region["class"] is not None and found["invoice", each]["level"] == region["class"]
    ]
    return {
        "turnover": total(turnovers),
        "best": "good" if turnovers and max(turnovers) > 100 else "poor",
        "billed": total(billed),
    }


def _account(tables: Tables, account: Row, rules: Rules) -> dict[str, Any]:
    region = tables["region"].get(account["region"])
    share = 1 - Decimal(account["level"] or 0) / 10
    rate = None if region is None else (region["rate"] or Decimal(0))
    if account["region"] is None:
        rate = Decimal(0)
    return {
        "factor": rounded(times(rate, share), 4),
        "address": f"{region['name'] if region else ''}{rules.between}{account['name']}",
    }


def _order(tables: Tables, found: Mapping[tuple[str, int], Row], order: Row, rules: Rules) -> dict[str, Any]:
    factor = found["account", order["account"]]["factor"] if order["account"] else None
    lines = []
    for line in order["lines"]:
        taxed = found["product", line["product"]]["taxed"] if line["product"] else None
        amount = rounded(times(line["quantity"] or 0, taxed, factor), 2)
        lines.append({"taxed": taxed, "amount": amount})
    known = [line["taxed"] for line in lines if line["taxed"] is not None]
    return {
        "factor": factor,
        "lines": lines,
        "total": total(line["amount"] for line in lines),
        "extra": total(found["product", each]["taxed"] for each in order["extras"]),
        "counted": len(order["extras"]),
        "most": max(known, default=None),
        "shelved": total(_shelf(tables, line["product"], rules) for line in order["lines"]),
    }


def _shelf(tables: Tables, product: int | None, rules: Rules) -> Decimal | None:
    """What the field of a product that is not stored comes to."""
    price = tables["product"][product]["price"] if product is not None else None
    return None if product is None else rounded((price or Decimal(0)) * rules.shelf, 2)


def _invoice(tables: Tables, found: Mapping[tuple[str, int], Row], invoice: Row) -> dict[str, Any]:
    order, product = invoice["order"], invoice["product"]
    fees = [
        each["fee"]
        for each in tables["invoice"].values()
        if each["fee"] is not None and each["fee"] > 5 and product is not None and each["product"] == product
    ]
    if order is None:
        return {"due": None, "level": None, "place": None, "alike": total(fees)}
    account = tables["order"][order]["account"]
    values = found["order", order]
    return {
        "alike": total(fees),
        "due": values["total"] + values["extra"] + (invoice["fee"] or 0),
        "level": tables["account"][account]["level"] if account else None,
        "place": found["account", account]["address"] if account else None,
    }
