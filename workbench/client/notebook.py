"""The Experience of the notebook that this kernel runs."""

import os
from collections.abc import Iterator
from pathlib import Path

from workbench.errors import InvalidInputError, NotFoundError
from workbench.experiences.notebook import experience_of

BY_NAME = 'Open the Experience by its name: `workbench.connect().experiences.open("…")`.'


def experience_id() -> str:
    """The id of the Experience that this kernel's notebook says it belongs to.

    Raises InvalidInputError where there is no notebook or it belongs to none, NotFoundError where the notebook is no
    longer where it was when the kernel started.
    """
    named = os.environ.get("JPY_SESSION_NAME", "")
    if not named:
        raise InvalidInputError("This is not running in a notebook of Jupyter's.", remedy=BY_NAME)
    if not named.endswith(".ipynb"):
        raise InvalidInputError("This kernel belongs to a console, not to a notebook.", remedy=BY_NAME)
    notebook = next((path for path in _places(Path(named)) if path.is_file()), None)
    if notebook is None:
        raise NotFoundError(
            f"The notebook {named!r} is not there any more: it was moved or renamed after its kernel started.",
            remedy=f"Restart the kernel. {BY_NAME}",
        )
    found = experience_of(notebook.read_text(encoding="utf-8", errors="replace"))
    if found is None:
        raise InvalidInputError(
            f"The notebook {notebook.name!r} belongs to no Experience.",
            remedy=f"Open an Experience in JupyterLab's side bar to get its notebook. {BY_NAME}",
        )
    return found


def unknown(id: str) -> NotFoundError:
    """What to say where the notebook names an Experience that this home does not have."""
    return NotFoundError(
        f"The Experience of this notebook ({id}) is not in this home folder.",
        remedy=f"It may have been copied from elsewhere, or the Experience was deleted forever. {BY_NAME}",
    )


def _places(named: Path) -> Iterator[Path]:
    """Where the notebook may be: Jupyter names it by its whole path, or from a folder above the kernel's."""
    here = Path.cwd()
    yield from (folder / named for folder in (here, *here.parents))  # a whole path stays what it is
    if not named.is_absolute():
        yield here / named.name
