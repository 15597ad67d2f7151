"""Documents that hold questions, and keep their answers up to date."""

from mobilecalc.notes.documents import Document, Refreshed, refreshed
from mobilecalc.notes.questions import Figure, Question

__all__ = ["Document", "Figure", "Question", "Refreshed", "refreshed"]
