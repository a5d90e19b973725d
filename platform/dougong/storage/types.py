"""The column types under which every value is stored exactly; they live with the field types."""

from dougong.fieldtypes.columns import Characters, Day, Exact, Instant, JsonValue, Scaled, Whole, Wide

__all__ = ["Characters", "Day", "Exact", "Instant", "JsonValue", "Scaled", "Whole", "Wide"]
