"""Renderers: they turn frozen screens into HTML, JSON, tables and diagrams, and know nothing below the screens."""
