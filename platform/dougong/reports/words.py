"""The few words that stand between figures."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "empty": ("（空）", "(empty)"),
    "no_access": ("（无权查看）", "(no access)"),
    "week": ("{year} 年第 {number} 周", "{year} W{number:02}"),
    "month": ("{year} 年 {number} 月", "{name} {year}"),
    "quarter": ("{year} 年第 {number} 季度", "Q{number} {year}"),
    "year": ("{year} 年", "{year}"),
    "count": ("数量", "Count"),
    "unknown_report": (
        "没有报表“{name}”，或您无权查看",
        "there is no report '{name}', or you may not see it",
    ),
    "unknown_dashboard": (
        "没有仪表盘“{name}”，或您无权查看",
        "there is no dashboard '{name}', or you may not see it",
    ),
    "unknown_app": ("没有应用“{name}”", "there is no app '{name}'"),
    "withheld": ("您无权查看这张卡片的数据", "you may not see the data of this card"),
    "too_large": ("分组过多，请缩小范围", "too many groups; narrow the filter"),
}


def say(key: str, language: str, **parameters: object) -> str:
    """A text in the reader's language."""
    chinese, english = WORDS[key]
    return (chinese if language == "zh" else english).format(**parameters)
