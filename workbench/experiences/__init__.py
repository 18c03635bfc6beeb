"""Topic workspaces."""
