"""Language models and what serves them."""
