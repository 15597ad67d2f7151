"""The commands, a file each: parse, ask a study, give the answer to the output."""
