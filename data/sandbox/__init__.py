"""Work on bytes that nobody vouches for, done in a process of its own: whatever it meets ends that process and never this one."""

from data.sandbox.limits import Limits, exhaustion
from data.sandbox.parent import Ended, run, start

__all__ = ["Ended", "Limits", "exhaustion", "run", "start"]
