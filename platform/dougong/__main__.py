"""`python -m dougong` is the command line."""

from __future__ import annotations

from dougong.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
