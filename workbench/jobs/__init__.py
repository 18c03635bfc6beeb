"""Work that is due at certain times: when, and starting it exactly once."""
