"""Personalities: how replies are to sound, in fields that become a part of a model's instruction."""
