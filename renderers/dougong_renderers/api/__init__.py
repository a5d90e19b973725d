"""The HTTP API as data about itself."""
