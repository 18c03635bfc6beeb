"""`python -m workbench.server`: how a client starts the owner."""

import argparse
import sys
from pathlib import Path

from workbench.config import Settings
from workbench.errors import WorkbenchError
from workbench.server.process import main

parser = argparse.ArgumentParser(prog="python -m workbench.server")
parser.add_argument("--home", type=Path, required=True)
parser.add_argument("--ready-fd", type=int)
given = parser.parse_args()
try:
    main(Settings(home=given.home), ready_fd=given.ready_fd)
except WorkbenchError as error:
    sys.exit(str(error))
