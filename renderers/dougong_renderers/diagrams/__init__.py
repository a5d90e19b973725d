"""Drawings of an app: its entities, its workflows and what its roles may do, as SVG that fits light and dark pages alike."""
