"""The properties of a serial number in the designer, with the number that a record would get."""

from __future__ import annotations

from dougong.fieldtypes.serial import MODES, PERIODS, SerialType
from dougong.model.field import Field, SerialPart
from dougong.screens.shape import Choice, FormField
from dougong.screens.texts import text


def serial_inputs(field: Field, language: str) -> list[FormField]:
    """How numbers are made, where they begin, and when and for what they begin anew."""
    lines = "\n".join(part_line(part) for part in field.parts)
    example = text("property_parts_help", language, example=SerialType().example(field))
    return [
        FormField("parts", "long_text", text("property_parts", language), lines, required=True, help=example),
        _choice("reset", PERIODS, field.reset, language),
        FormField("per", "text", text("property_per", language), ", ".join(each.text for each in field.per)),
        FormField(
            "start",
            "integer",
            text("property_start", language),
            str(field.extra.get("start", 1)),
            minimum="1",
        ),
        _choice("mode", MODES, str(field.extra.get("mode", MODES[0])), language),
    ]


def part_line(part: SerialPart) -> str:
    """A part as it is written: constant text as it is, everything else in braces."""
    return part.value if part.kind == "constant" else f"{{{part.kind}: {part.value}}}"


def _choice(name: str, values: tuple[str, ...], chosen: str, language: str) -> FormField:
    options = tuple(Choice(each, text(f"property_{name}_{each}", language)) for each in values)
    return FormField(
        name, "choice", text(f"property_{name}", language), chosen, required=True, options=options
    )
