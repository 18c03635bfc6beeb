"""`workbench lab …`: JupyterLab, with the Workbench in it."""

import os
import subprocess
import sys
from pathlib import Path

import click

_CONFIG = Path(__file__).parent / "jupyter"
"""Keeps JupyterLab from asking at the first start whether it may fetch news: the Workbench calls nobody unasked."""


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab with the Workbench in it.

    ARGUMENTS are JupyterLab's own, such as --no-browser, --port=8890 or --help. It opens in the present folder.
    """
    command = [sys.executable, "-m", "jupyterlab", *arguments]
    programs = str(Path(sys.executable).parent)
    variables = os.environ | {
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [os.environ.get("JUPYTER_CONFIG_PATH"), str(_CONFIG)])),
    }
    if os.name == "nt":  # there, a replaced process would hand the terminal back at once
        raise SystemExit(subprocess.run(command, env=variables, check=False).returncode)  # noqa: S603
    os.execve(command[0], command, variables)  # noqa: S606
