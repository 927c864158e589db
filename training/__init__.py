"""Training: from a folder of annotated images to a model bundle."""
