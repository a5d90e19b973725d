"""The only door to data: one file a verb, the same validation, rights, computed fields, history and events for every caller."""
