"""Rights as a whole: what somebody may not see changes no answer, what they may not do changes nothing, through any door."""

import os

WHOLE = os.environ.get("DOUGONG_RIGHTS") == "whole"
"""Whether there is time for everything (`make rights`); otherwise the run of every change takes a part of it."""
