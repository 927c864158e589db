"""Inspector: an inspection station for industrial surface defects."""

__version__ = "0.1.0"
