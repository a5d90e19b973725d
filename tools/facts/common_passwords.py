"""Write the sums of the passwords that people use most: `python tools/facts/common_passwords.py < LIST`, one a line.

LIST is any list in the order of use, such as the one that the package zxcvbn carries; those that are too short for any
setting are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "platform"))

from dougong.people import common_passwords  # noqa: E402 the path comes first

SHORTEST = 8
MOST = 6_000


def main() -> None:
    """Read the list from standard input and write the file beside the module that reads it."""
    words = [line.strip().casefold() for line in sys.stdin]
    chosen = [word for word in dict.fromkeys(words) if len(word) >= SHORTEST][:MOST]
    longer = [word for word in words if len(word) >= SHORTEST + 2]
    sums = sorted({common_passwords.sum_of(word) for word in (*chosen, *longer)})
    target = Path(common_passwords.__file__).with_name("common_passwords.bin")
    target.write_bytes(b"".join(sums))
    print(f"{len(sums)} passwords in {target.name}")


if __name__ == "__main__":
    main()
