"""What a person's history says: as rows, by their own SQL, and summed up."""
