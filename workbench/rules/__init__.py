"""Rules: what may be sent to models and what may come back from them, and what a reply has to be like."""
