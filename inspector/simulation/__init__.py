"""A simulated inspection line: surfaces, defects and their exact truth, from a seed."""
