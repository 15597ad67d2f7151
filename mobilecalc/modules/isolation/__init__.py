"""Running code that is not part of mobilecalc, and putting back what it changes."""
