"""What everyone outside the owner imports: one resource per slice over the HTTP API."""
