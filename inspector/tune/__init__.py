"""T and recipes tried on annotated frames: each is measured once, then everything follows at once."""
