"""Work on bytes that nobody vouches for, done in a process of its own: whatever it meets ends that process and never this one."""

from data.sandbox.left import open_left
from data.sandbox.limits import MIB, Limits, exhaustion
from data.sandbox.parent import Ended, run, start

__all__ = ["MIB", "Ended", "Limits", "exhaustion", "open_left", "run", "start"]
