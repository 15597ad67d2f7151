"""The command line: parse, ask a study, show the answer to the output of the context."""
