"""The time zone of this machine, by its name: a name knows when the clocks change, an offset does not."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def of_machine(*, link: Path = Path("/etc/localtime"), file: Path = Path("/etc/timezone")) -> str:
    """The name of the zone, as TZ, the link to the zone's file, or the file with its name say; else UTC."""
    linked = str(link.resolve()).rpartition("zoneinfo/")[2] if link.is_symlink() else ""
    written = file.read_text("utf-8", "replace").strip() if file.is_file() else ""
    for name in (os.environ.get("TZ", "").removeprefix(":"), linked, written):
        if name and exists(name):
            return name
    return "UTC"


def exists(name: str) -> bool:
    """Whether the system knows a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
