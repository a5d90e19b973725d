"""Types whose values are entered in several parts, each with an input of its own."""

from collections.abc import Mapping

from dougong.fieldtypes import address, location
from dougong.model.text import Text

PARTED: Mapping[str, Mapping[str, Text]] = {"address": address.PARTS, "location": location.PARTS}
"""Type → part → label."""
