"""The page of past inspections: find, look at, review, judge again, take along."""
