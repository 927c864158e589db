"""The durable log of every inspection, its reviews and its events."""
