"""The column types under which every value is stored exactly; they live with the field types."""

from dougong.fieldtypes.columns import Characters, Day, Instant, JsonValue, Scaled, Whole

__all__ = ["Characters", "Day", "Instant", "JsonValue", "Scaled", "Whole"]
