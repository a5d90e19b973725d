"""A small app for the tests of reports: deals with stages, dates, money, owners and accounts."""

SOURCES: dict[str, str] = {
    "app.yaml": """
id: sales
version: 1.0.0
label: {en: Sales, zh: 销售}
languages: [zh, en]
currency: CNY
""",
    "entities/account.yaml": """
label: {en: Account, zh: 客户}
title: "{name}"
fields:
  name: {type: text, required: true}
  region: {type: choice, options: {south: {label: {en: South, zh: 南区}}, north: {label: {en: North, zh: 北区}}}}
  owner: {type: member}
""",
    "entities/deal.yaml": """
label: {en: Deal, zh: 商机}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  account: {type: link, to: account, label: {en: Account, zh: 客户}}
  owner: {type: member, label: {en: Owner, zh: 负责人}}
  stage: {type: stage, pipeline: road, label: {en: Stage, zh: 阶段}}
  source:
    type: choice
    label: {en: Source, zh: 来源}
    options: {web: {label: {en: Web, zh: 网站}}, fair: {label: {en: Fair, zh: 展会}}, ad: {label: {en: Ad, zh: 广告}}}
  amount: {type: money, decimals: 2, label: {en: Amount, zh: 金额}}
  cost: {type: money, decimals: 2}
  rate: {type: percent}
  visits: {type: integer}
  urgent: {type: boolean, label: {en: Urgent, zh: 紧急}}
  close_on: {type: date, label: {en: Close date, zh: 成交日期}}
  seen_at: {type: datetime}
pipelines:
  road:
    stages:
      new: {probability: 0.10, label: {en: New, zh: 新建}}
      offer: {probability: 0.50, label: {en: Offer, zh: 报价}}
      won: {probability: 1.00, outcome: won, label: {en: Won, zh: 赢单}}
      lost: {probability: 0.00, outcome: lost, label: {en: Lost, zh: 输单}}
""",
    "views/deal.yaml": """
entity: deal
views:
  open: {label: {en: Open, zh: 进行中}, filter: "stage.outcome IS EMPTY", columns: [name, amount], sort: ["-amount"]}
""",
    "reports/by_stage.yaml": """
label: {en: Pipeline, zh: 销售漏斗}
from: deal
group: [stage]
measures:
  deals: {value: "COUNT()", label: {en: Deals, zh: 商机数}}
  amount: {value: "SUM(amount)", label: {en: Amount, zh: 金额}}
  mean: "AVERAGE(amount)"
  smallest: "MIN(amount)"
  latest: "MAX(close_on)"
  with_account: "COUNT(account)"
  accounts: "COUNTUNIQUE(account)"
  urgent: "COUNT(urgent OR amount > 500000)"
  fair: "SUM(amount, source = 'fair')"
  weighted: "SUM(amount * stage.probability)"
chart: {type: funnel, by: stage, value: deals}
""",
    "reports/by_month.yaml": """
label: {en: By month, zh: 按月}
from: deal
filter: "stage = 'won' OR stage = 'lost'"
group: [{month: close_on}]
measures:
  won: "COUNT(stage = 'won')"
  amount: "SUM(amount, stage = 'won')"
  rate: "COUNT(stage = 'won') / COUNT()"
  mean: "AVERAGE(amount)"
chart: {type: line, by: close_on, value: amount}
""",
    "reports/by_week_seen.yaml": """
from: deal
group: [{week: seen_at}]
measures: {deals: "COUNT()"}
""",
    "reports/matrix.yaml": """
from: deal
group: [{quarter: close_on}, source, urgent]
measures: {amount: "SUM(amount)", mean: "AVERAGE(amount)"}
chart: {type: bar, by: close_on, series: source, value: mean}
""",
    "reports/by_account.yaml": """
from: deal
group: [account]
measures: {amount: "SUM(amount)", deals: "COUNT()"}
sort: ["-amount"]
limit: 3
""",
    "reports/by_region.yaml": """
from: deal
group: [account.region]
measures: {deals: "COUNT()"}
""",
    "reports/by_owner.yaml": """
from: deal
group: [owner]
measures: {margin: "SUM(amount) - SUM(cost)", amount: "SUM(amount)"}
""",
    "reports/open_amount.yaml": """
from: deal
filter: "stage.outcome IS EMPTY"
measures: {amount: "SUM(amount)", win_rate: "COUNT(stage = 'won') / COUNT()"}
""",
    "dashboards/home.yaml": """
label: {en: Home, zh: 首页}
cards:
  open: {type: number, report: open_amount, measure: amount, target: "1000000", label: {en: Open, zh: 进行中}}
  month: {type: number, report: by_month, measure: amount}
  funnel: {type: chart, report: by_stage}
  months: {type: table, report: by_month}
  margin: {type: number, report: by_owner, measure: margin}
  late: {type: list, view: deal.open}
""",
    "roles/seller.yaml": """
label: {en: Seller, zh: 销售}
grants:
  deal: {read: {rows: "owner = ME()", hide: [cost]}}
  account: {read: {rows: "owner = ME()"}}
""",
    "roles/guest.yaml": """
label: {en: Guest, zh: 访客}
reports: [by_stage]
grants:
  deal: {read: true}
""",
}
