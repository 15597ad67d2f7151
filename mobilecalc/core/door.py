"""The way up: by it a result shows itself, and knows nothing of the floors above."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

notebook: Callable[[], Any]
"""Gives what shows, converts and draws results; the package puts it here."""
