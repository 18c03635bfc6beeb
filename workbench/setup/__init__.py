"""From a fresh clone to a running JupyterLab, or to passing tests: `python3 -m workbench.setup lab | test`.

Runs before anything is installed, so it uses the standard library only.
"""
