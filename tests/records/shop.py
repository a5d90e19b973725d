"""A small app for the tests of records and rights: customers, products, orders with lines, in definitions as people write them."""

SOURCES: dict[str, str] = {
    "app.yaml": """
id: shop
version: 1.0.0
label: {en: Shop, zh: 商店}
languages: [zh, en]
currency: CNY
""",
    "entities/customer.yaml": """
label: {en: Customer, zh: 客户}
plural: {en: Customers, zh: 客户}
title: "{name}"
search: [number, name, phone, secret]
fields:
  number: {type: serial, parts: ["C-", {count: 4}]}
  name: {type: text, required: true, max_length: 80, label: {en: Name, zh: 名称}}
  grade:
    type: choice
    options:
      gold: {label: {en: Gold, zh: 金牌}}
      silver: {label: {en: Silver, zh: 银牌}}
      bronze: {label: {en: Bronze, zh: 铜牌}}
  owner: {type: member, default: "ME()", label: {en: Owner, zh: 负责人}}
  email: {type: email, unique: true}
  phone: {type: phone}
  credit: {type: money, decimals: 2}
  secret: {type: text}
  active: {type: boolean, default: true}
  since: {type: date}
  seen_at: {type: datetime}
  visits: {type: integer, min: 0}
  tags: {type: choices, options: {a: {label: A}, b: {label: B}, c: {label: C}}}
  notes: {type: long_text}
  site: {type: url}
  referrer: {type: link, to: customer, on_delete: clear, inverse: referred}
  contract: {type: file, accept: [.pdf, .txt], max_size: 1000}
  hidden_link: {type: link, to: product, on_delete: clear}
rules:
  - {check: "visits < 1000", message: {en: Too many visits, zh: 访问次数过多}, fields: [visits]}
  - {when: "grade = 'gold'", require: [since]}
""",
    "entities/product.yaml": """
label: {en: Product, zh: 产品}
title: "{code} {name}"
fields:
  code: {type: text, unique: true, required: true, max_length: 20}
  name: {type: text, required: true}
  price: {type: money, decimals: 2}
  cost: {type: money, decimals: 2}
""",
    "entities/order.yaml": """
label: {en: Order, zh: 订单}
plural: {en: Orders, zh: 订单}
title: "{number} {customer}"
fields:
  number: {type: serial, parts: ["O-", {date: yyyyMM}, "-", {count: 3}], reset: month}
  customer: {type: link, to: customer, required: true, on_delete: restrict, inverse: orders, fill: {contact_phone: phone}}
  contact_phone: {type: phone}
  reference: {type: text}
  placed_on: {type: date, default: "TODAY()"}
  stage: {type: stage, pipeline: road}
  lost_reason: {type: text}
  discount: {type: percent, max: "IF(HAS_ROLE('manager'), 0.5, 0.1)"}
  lines:
    type: table
    label: {en: Lines, zh: 明细}
    fields:
      product: {type: link, to: product, required: true, fill: {price: price}, label: {en: Product, zh: 产品}}
      quantity: {type: decimal, decimals: 2, min: 0, required: true, label: {en: Quantity, zh: 数量}}
      price: {type: money, decimals: 2}
      subtotal: {type: money, decimals: 2, formula: "ROUND(quantity * price, 2)"}
  total: {type: money, decimals: 2, formula: "ROUND(SUM(lines.subtotal) * (1 - discount), 2)"}
  weighted: {type: money, decimals: 2, formula: "ROUND(total * stage.probability, 2)"}
  related: {type: links, to: product, inverse: related_orders}
unique: [[customer, reference]]
pipelines:
  road:
    stages:
      new: {probability: 0.10}
      offered: {probability: 0.50, require: [reference]}
      won: {probability: 1.00, outcome: won, allow_from: [offered]}
      lost: {probability: 0.00, outcome: lost, require: [lost_reason]}
""",
    "entities/note.yaml": """
label: {en: Note, zh: 便条}
fields:
  text: {type: text, required: true}
  about: {type: link, to: customer, on_delete: cascade, inverse: notes_about}
""",
    "roles/seller.yaml": """
label: {en: Seller, zh: 销售}
grants:
  customer:
    read: {rows: "owner = ME() OR owner IN MY_SUBORDINATES()", hide: [secret, credit]}
    create: true
    update: {rows: "owner = ME()", fields: {except: [owner]}}
    delete: {rows: "owner = ME()"}
    import: true
    export: true
  product: {read: {hide: [cost]}}
  order:
    read: {rows: "customer.owner = ME()"}
    create: {rows: "customer.owner = ME()"}
    update: true
    export: true
  note: {read: true, create: true}
""",
    "roles/manager.yaml": """
label: {en: Manager, zh: 经理}
grants:
  customer: {read: {hide: [secret]}, create: true, update: true, delete: true, import: true, export: true}
  product: {read: true, create: true, update: true, delete: true, import: true, export: true}
  order: {read: true, create: true, update: true, delete: true, import: true, export: true}
  note: {read: true, create: true, update: true, delete: true}
""",
    "roles/reader.yaml": """
label: {en: Reader, zh: 只读}
grants:
  order: {read: true}
  customer: {read: {rows: "grade = 'gold'", hide: [secret, credit, owner, hidden_link]}}
""",
}
