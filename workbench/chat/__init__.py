"""Asking a model: what is sent, and the reply that streams back."""
