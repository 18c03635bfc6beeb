"""A personal LLM workbench: your work with language models, kept in topic workspaces.

Importing this package loads the standard library only; everything else is loaded on first use.
"""

__version__ = "0.1.0"
