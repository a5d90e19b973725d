"""`python -m dougong.reference FOLDER` writes the manual."""

from __future__ import annotations

import sys
from pathlib import Path

from dougong.reference.pages import write

if len(sys.argv) != 2:
    sys.exit("usage: python -m dougong.reference FOLDER")
write(Path(sys.argv[1]))
