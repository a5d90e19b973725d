"""The calendar day of a call, which many expressions and questions go by."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from dougong.records.call import Call


def today_of(call: Call) -> date:
    """The calendar day of the call where the actor is."""
    return call.at.astimezone(ZoneInfo(call.timezone)).date()
