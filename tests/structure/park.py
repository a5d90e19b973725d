"""A small app for the tests of structural types: sites, crews and inspections with everything that points elsewhere."""

SOURCES: dict[str, str] = {
    "app.yaml": """
id: park
version: 1.0.0
label: {en: Park, zh: 园区}
languages: [zh, en]
""",
    "entities/site.yaml": """
label: {en: Site, zh: 站点}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  keeper: {type: member, within: own_and_below, label: {en: Keeper, zh: 管理人}}
  crew: {type: members, label: {en: Crew, zh: 班组}}
  guards: {type: members, roles: [guard], label: {en: Guards, zh: 保安}}
  unit: {type: department, label: {en: Unit, zh: 部门}}
  own_unit: {type: department, within: own, label: {en: Own unit, zh: 本部门}}
  units: {type: departments, label: {en: Units, zh: 相关部门}}
  place: {type: address, label: {en: Place, zh: 地点}}
  home: {type: address, country: china, label: {en: Home, zh: 住址}}
  spot: {type: location, map: openstreetmap, label: {en: Spot, zh: 位置}}
  photos: {type: images, max_count: 3, longest_side: 640, max_size: 3000000, label: {en: Photos, zh: 照片}}
  signed: {type: signature, label: {en: Signed, zh: 签名}}
  shifts:
    type: table
    label: {en: Shifts, zh: 班次}
    fields:
      day: {type: date, label: {en: Day, zh: 日期}}
      people: {type: members, label: {en: People, zh: 人员}}
      unit: {type: department, label: {en: Unit, zh: 部门}}
      skills:
        type: choices
        label: {en: Skills, zh: 技能}
        options: {ride: {label: {en: Ride, zh: 骑行}}, swim: {label: {en: Swim, zh: 游泳}}}
""",
    "entities/tool.yaml": """
label: {en: Tool, zh: 工具}
title: "{name}"
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  price: {type: integer}
  spare: {type: link, to: tool, on_delete: cascade, inverse: spares}
  twin: {type: link, to: tool, on_delete: clear}
  guide: {type: link, to: tool, on_delete: restrict}
""",
    "entities/job.yaml": """
label: {en: Job, zh: 作业}
title: "{name}"
fields:
  name: {type: text, required: true}
  tool: {type: link, to: tool, on_delete: cascade, inverse: jobs}
  cause: {type: link, to: tool, on_delete: restrict, inverse: caused}
  mates: {type: links, to: job, inverse: mated}
  needs: {type: links, to: tool, on_delete: restrict}
  bound: {type: links, to: tool, on_delete: cascade}
  likes: {type: links, to: tool}
  steps:
    type: table
    label: {en: Steps, zh: 步骤}
    fields:
      text: {type: text}
      cost: {type: integer}
      falls: {type: link, to: tool, on_delete: cascade, fill: {cost: price}}
      stays: {type: link, to: tool, on_delete: clear}
      holds: {type: link, to: tool, on_delete: restrict}
      used: {type: links, to: tool}
      proof: {type: file, accept: [.txt], multiple: true}
  cost: {type: integer, formula: "SUM(steps.cost)"}
rules:
  - {check: "cost < 100 OR cost IS EMPTY", message: {en: Too dear, zh: 太贵}}
""",
    "entities/note.yaml": """
label: {en: Note, zh: 便签}
title: "{text}"
fields:
  text: {type: text, required: true}
  about:
    type: link
    to: [site, tool, job]
    required: true
    on_delete: cascade
    inverse: notes
    label: {en: About, zh: 关于}
""",
    "reports/places.yaml": """
label: {en: Sites by province, zh: 各省站点}
from: site
group: [place.province]
measures: {sites: "COUNT()"}
""",
    "roles/guard.yaml": """
label: {en: Guard, zh: 保安}
grants:
  site:
    read: {rows: "ME() IN crew OR unit IN MY_DEPARTMENTS()"}
    create: true
    update: true
""",
}
