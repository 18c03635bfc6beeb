"""`python -m workbench.dashboards OPTIONS`, the options being a `Hosting` as JSON; `-` reads them from standard input.

A door gives them by standard input and holds it open: when the door ends, however it does, so does this.
"""

import asyncio
import json
import os
import signal
import sys
import threading
import webbrowser
from html import escape
from pathlib import Path

import msgspec

from workbench.config import Settings, private_folder, shipped
from workbench.errors import WorkbenchError
from workbench.passage.pages import Hosting

_TO_THE_LINK = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={url}">\n'


def main(argument: str) -> int:
    """Serve until the end; the exit code."""
    behind_a_door = argument == "-"
    hosting = msgspec.json.decode(sys.stdin.readline() if behind_a_door else argument, type=Hosting)
    os.environ["WORKBENCH_HOME"] = hosting.home
    sys.path.append(str(shipped("dashboards").parent))
    try:
        # Imported here: Panel is heavy, and the pages find the home in the environment.
        from workbench.dashboards.server import Dashboards  # noqa: PLC0415

        dashboards = Dashboards(hosting)
        if behind_a_door:
            threading.Thread(target=_end_with_the_door, daemon=True).start()
            asyncio.run(dashboards.serve(ready=lambda: _tell_the_door(dashboards.port)))
        else:
            asyncio.run(dashboards.serve(ready=lambda: _tell_the_user(dashboards.url, dashboards.link, hosting)))
        if hosting.socket is not None:
            Path(hosting.socket).unlink(missing_ok=True)
    except WorkbenchError as error:
        if behind_a_door:
            print(json.dumps({"error": {"code": error.code, "message": error.message, "remedy": error.remedy}}))  # noqa: T201  (how the door is answered)
        else:
            print(f"workbench: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


def _end_with_the_door() -> None:
    """Standard input ends when the door closes it, or is killed."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _tell_the_door(port: int | None) -> None:
    print(json.dumps({"port": port}), flush=True)  # noqa: T201  (how the door is answered)


def _tell_the_user(url: str, link: str | None, hosting: Hosting) -> None:
    once = " (this link works once)" if link else ""
    print(f"The dashboards are open at {url}{once}\nCtrl-C ends them.", flush=True)  # noqa: T201
    if hosting.opens_browser:
        threading.Thread(target=_open_browser, args=(url, Settings(home=Path(hosting.home))), daemon=True).start()


def _open_browser(url: str, settings: Settings) -> None:
    """Show the page, through a file: a command line with the link in it could be read by everybody on the machine."""
    file = private_folder(settings.run) / "dashboards.html"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(_TO_THE_LINK.format(url=escape(url)), "utf-8")
    webbrowser.open(file.as_uri())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
