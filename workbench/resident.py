"""How much memory this process holds."""

import os
import resource
import sys
from pathlib import Path

_STATISTICS = Path("/proc/self/statm")


def resident_mb() -> int:
    """What it holds now, in MB; where the system does not say, the most it has held."""
    if _STATISTICS.exists():
        return int(_STATISTICS.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024**2
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1024**2 if sys.platform == "darwin" else 1024)
