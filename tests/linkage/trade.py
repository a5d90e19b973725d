"""A small app whose links fill other fields and may hold only some records; its entity has the name that `rules.doors` uses."""

from __future__ import annotations

SOURCES: dict[str, str] = {
    "app.yaml": "{id: desk, version: 1.0.0, label: {en: Desk, zh: 柜台}, languages: [zh, en], currency: CNY}",
    "entities/account.yaml": """
label: {en: Account, zh: 客户}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  phone: {type: text, label: {en: Phone, zh: 电话}}
  region: {type: text, label: {en: Region, zh: 地区}}
  secret: {type: text, label: {en: Secret, zh: 机密}}
""",
    "entities/contact.yaml": """
label: {en: Contact, zh: 联系人}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  account: {type: link, to: account, label: {en: Account, zh: 客户}}
  left: {type: boolean, default: false, label: {en: Left, zh: 已离职}}
""",
    "entities/deal.yaml": """
label: {en: Deal, zh: 商机}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  account: {type: link, to: account, label: {en: Account, zh: 客户}}
  contact: {type: link, to: contact, label: {en: Contact, zh: 联系人}}
""",
    "entities/brand.yaml": """
label: {en: Brand, zh: 品牌}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
""",
    "entities/product.yaml": """
label: {en: Product, zh: 产品}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  price: {type: money, decimals: 2, label: {en: Price, zh: 单价}}
  unit: {type: text, label: {en: Unit, zh: 单位}}
  brand: {type: link, to: brand, label: {en: Brand, zh: 品牌}}
  ended: {type: boolean, default: false, label: {en: Ended, zh: 停售}}
""",
    "entities/term.yaml": """
label: {en: Terms, zh: 条款}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  account: {type: link, to: account, label: {en: Account, zh: 客户}}
  kind: {type: text, label: {en: Kind, zh: 类型}}
  rebate: {type: percent, label: {en: Rebate, zh: 返点}}
""",
    "entities/claim.yaml": """
label: {en: Claim, zh: 单据}
plural: {en: Claims, zh: 单据}
title: "{name}"
fields:
  name: {type: text, required: true, unique: true, label: {en: Name, zh: 名称}}
  deal: {type: link, to: deal, label: {en: Deal, zh: 商机}, fill: {customer: account, person: contact}}
  customer: {type: link, to: account, label: {en: Customer, zh: 客户}, fill: {phone: phone, region: UPPER(region), secret: secret}}
  person: {type: link, to: contact, label: {en: Person, zh: 联系人}, filter: "this.customer IS EMPTY OR account = this.customer"}
  helpers: {type: links, to: contact, label: {en: Helpers, zh: 协助人}, filter: "account = this.customer AND NOT left"}
  phone: {type: text, label: {en: Phone, zh: 电话}}
  region: {type: text, label: {en: Region, zh: 地区}, default: "'NOWHERE'"}
  secret: {type: text, label: {en: Secret, zh: 机密}}
  kind: {type: text, label: {en: Kind, zh: 类型}}
  rebate:
    type: percent
    label: {en: Rebate, zh: 返点}
    default: "MAX(ALL(term).rebate WHERE account = this.customer AND kind = this.kind)"
  brand: {type: text, label: {en: Brand, zh: 品牌}}
  claims: {type: integer, label: {en: Contacts of the customer, zh: 客户联系人数}, formula: "COUNT(customer.contact)"}
  lines:
    type: table
    label: {en: Lines, zh: 明细}
    fields:
      product:
        type: link
        to: product
        label: {en: Product, zh: 产品}
        fill: {price: "price * (1 - this.parent.rebate)", unit: unit, brand: brand.name}
        filter: "NOT ended AND (this.parent.brand IS EMPTY OR brand.name = this.parent.brand)"
      price: {type: money, decimals: 2, label: {en: Price, zh: 单价}}
      unit: {type: text, label: {en: Unit, zh: 单位}}
      brand: {type: text, label: {en: Brand, zh: 品牌}}
      quantity: {type: integer, default: 1, label: {en: Quantity, zh: 数量}}
      maker: {type: text, label: {en: Maker, zh: 制造商}, formula: "UPPER(product.brand.name)"}
      cost: {type: money, decimals: 2, label: {en: Cost, zh: 金额}, formula: "quantity * price"}
  total: {type: money, decimals: 2, label: {en: Total, zh: 合计}, formula: "SUM(lines.cost)"}
""",
    "roles/clerk.yaml": """
label: {en: Clerk, zh: 职员}
grants:
  account: {read: {hide: [secret]}}
  contact: {read: true}
  deal: {read: true}
  product: {read: true}
  claim: {read: true, create: true, update: true, delete: true, import: true, export: true}
""",
    "roles/local.yaml": """
label: {en: Local, zh: 本地职员}
grants:
  account: {read: {rows: "region = 'north'"}}
  contact: {read: true}
  deal: {read: true}
  claim: {read: true, create: true, update: true}
""",
}
