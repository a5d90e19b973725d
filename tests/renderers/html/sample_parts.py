"""Invented people, stages and values that the samples are made of."""

from __future__ import annotations

from dougong.screens import shape as s

PEOPLE = (
    ("苏映川", "Mira Aldane"),
    ("陈砚秋", "Joren Vask"),
    ("周予安", "Tamsin Orle"),
    ("许见微", "Lena Quill"),
    ("何清越", "Ines Fallow"),
    ("顾怀舟", "Piet Solano"),
    ("沈南枝", "Kofi Brandt"),
)

STAGES = {
    "new": ("新商机", "New", "1", 10, ""),
    "qualified": ("需求确认", "Qualified", "2", 30, ""),
    "proposal": ("方案报价", "Proposal", "3", 50, ""),
    "negotiation": ("商务谈判", "Negotiation", "4", 80, ""),
    "won": ("赢单", "Won", "", 100, "won"),
    "lost": ("输单", "Lost", "", 0, "lost"),
}


def pick(language: str, chinese: str, english: str) -> str:
    return chinese if language == "zh" else english


def person(language: str, at: int) -> s.Piece:
    chinese, english = PEOPLE[at % len(PEOPLE)]
    return s.Piece(pick(language, chinese, english), "person")


def stage(language: str, key: str) -> s.Piece:
    chinese, english, slot, share, outcome = STAGES[key]
    return s.Piece(pick(language, chinese, english), "stage", colour=slot, share=share, outcome=outcome)


def text(value: str, type_: str = "text", computed: bool = False, unit: str = "") -> s.Shown:
    return s.Shown(value, type_, raw=value.replace(",", ""), computed=computed, unit=unit)


def file_piece(name: str, size: str) -> s.Piece:
    return s.Piece(name, "file", "/files/1", note=size)
