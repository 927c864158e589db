"""What happened in a shift, on paper."""
