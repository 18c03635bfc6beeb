"""The message tree: conversations, branches, and the parts of running replies."""
