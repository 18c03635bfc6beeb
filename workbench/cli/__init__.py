"""The command line: a door over `workbench.client`, one module per noun.

`program` is the entry; it loads a noun's module only when that noun is used.
"""

INTERRUPTED = 130
"""The exit code after Ctrl-C."""
