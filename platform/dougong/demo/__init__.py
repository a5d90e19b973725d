"""Fills an installed app with believable rows that its own `data/demo.yaml` describes; the same description gives the same rows."""
