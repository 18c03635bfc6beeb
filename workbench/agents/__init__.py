"""Agents: notebooks that run by themselves, each limited to one Experience, and the reports they leave."""
