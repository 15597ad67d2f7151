"""The vocabulary: records, formulas, conventions, tables. The standard library only."""
