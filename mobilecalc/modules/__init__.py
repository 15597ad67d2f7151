"""The bridge to torch, which is imported by the functions that need it."""
