"""Demo data: a made-up chain with an online shop, an app and twelve stores, over three years, the same on any machine."""

from data.demo.build import build
from data.demo.load import load

__all__ = ["build", "load"]
