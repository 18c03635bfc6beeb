"""Which pages there are."""

PAGES = {"/usage": "Usage", "/models": "Models", "/chat": "Chat"}
"""The modules of `dashboards/` by their paths, with their titles; the server's own address leads to the first."""
