"""The questions: each takes networks or profiles and returns a Table of raw values."""
