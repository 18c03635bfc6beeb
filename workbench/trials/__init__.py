"""Trials: configurations tried on the same cases, and what the results show."""
