"""The hosted pages. They know `workbench.client` and nothing behind it; `workbench dashboards` serves them."""
