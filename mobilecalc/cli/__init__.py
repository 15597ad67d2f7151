"""The command line: a file a command, thin: parse, ask a study, hand the Table to a view."""
