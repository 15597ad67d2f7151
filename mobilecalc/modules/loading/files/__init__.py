"""Saved programs and saved weights: a file per format."""
