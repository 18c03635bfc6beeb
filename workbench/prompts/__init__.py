"""A library of prompts, with variables, and the system prompts made from them."""
