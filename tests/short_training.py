"""A configuration of a training that is over in seconds, and whose network has learnt next to nothing."""

SHORT_TRAINING = """
[severity]
architecture = "paper"
cell = 4
steps = 6
batch = 2
[kinds]
steps = 4
batch = 6
"""
