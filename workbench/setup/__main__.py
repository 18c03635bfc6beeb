"""The gate: says in one sentence that a Python is too old, before anything that it could not read is loaded."""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:  # an older Python does get here
    sys.stderr.write(
        "workbench: This needs Python {}.{} or newer; this one is {}.{}. "
        "Install a newer one, and start the command with it: `python3.12 -m workbench.setup lab`.\n".format(
            *OLDEST, *sys.version_info[:2]
        )
    )
    sys.exit(11)

from workbench.setup.command import main  # noqa: E402  (only after the gate)

if __name__ == "__main__":
    sys.exit(main())
