"""The findings of definitions, one table a family."""
