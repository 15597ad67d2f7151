"""How an answer looks: a file a format, each of which takes a Table and nothing else."""

from mobilecalc.views.formats import VIEWS, View, render, view_for

__all__ = ["VIEWS", "View", "render", "view_for"]
