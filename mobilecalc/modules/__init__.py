"""The bridge to torch. Importing it is light; torch is imported by the functions that need it."""

from mobilecalc.modules.build import build

__all__ = ["build"]
