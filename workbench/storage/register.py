"""The register: what each table holds, and what may be done with it.

Each slice declares its tables once. Whatever walks all of a person's records (transfer, privacy, backup) reads this
and knows no slice by name. A table that is not declared here fails a test.
"""

from dataclasses import dataclass

OWNER_ID = "me"
"""Whose row it is, where one installation serves one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """How the rows of one table are exported, purged, anonymised and audited."""

    name: str
    slice: str
    key: tuple[str, ...]
    """The columns that name a row; an import finds its own rows again by them."""
    experience: str | None = None
    """The column that names the Experience a row belongs to and is purged with; None: it belongs to the home."""
    exported: bool = True
    personal: tuple[str, ...] = ()
    """The columns that hold a person's words or names: what an anonymised export replaces."""
    secret: tuple[str, ...] = ()
    """The columns that no export ever holds."""
    audited: bool = True
    """Whether each change writes a row of the audit log."""
    reason: str = ""
    """Why a table is not exported or not audited."""
