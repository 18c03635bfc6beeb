"""`workbench lab …`: JupyterLab, with the Workbench in it."""

import os
import subprocess
import sys
from pathlib import Path

import click

_QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
"""JupyterLab would ask whether it may fetch news, and look for updates: the Workbench calls nobody unasked."""


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab with the Workbench in it.

    ARGUMENTS are JupyterLab's own, such as --no-browser, --port=8890 or --help. It opens in the present folder.
    """
    command = [sys.executable, "-m", "jupyterlab", *_QUIET, *arguments]
    programs = str(Path(sys.executable).parent)
    variables = os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)])}
    if os.name == "nt":  # there, a replaced process would hand the terminal back at once
        raise SystemExit(subprocess.run(command, env=variables, check=False).returncode)  # noqa: S603
    os.execve(command[0], command, variables)  # noqa: S606
