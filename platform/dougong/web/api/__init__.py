"""The HTTP API: JSON in and out over the same verbs as the screens."""
