"""What an inspection is worth against annotated truth: the figures of the paper, and those of a line."""
