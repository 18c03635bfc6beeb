"""The owner's side of the HTTP API, and its life cycle."""
