"""Whether an image file is whole, by its own format: what a decoder would pass over in silence."""
