"""A figure beside its budget."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    what: str
    value: float
    budget: float | None
    """None: the house plan has none for it."""
    unit: str
    note: str = ""

    def line(self) -> str:
        """The figure as the report prints it."""
        budget, verdict = "none", ""
        if self.budget is not None:
            budget, verdict = f"{self.budget:,.1f}", "within" if self.value <= self.budget else "OVER"
        value = f"{self.value:,.2f}" if self.unit == "s" else f"{self.value:,.1f}"
        return f"{self.what:<74} {value:>9} {self.unit:<3} budget {budget:>7}  {verdict:<6} {self.note}"


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 stay under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Median and p95 in words."""
    return f"p50 {median(values):.1f} {unit}, p95 {p95(values):.1f} {unit}, n={len(values)}"


def added(
    ours: Sequence[float], bare: Sequence[float], budget_ms: float | None
) -> tuple[float, float | None, str, str]:
    """What is added to the peer's time in the middle, as a figure's value and the rest of it."""
    return median(ours) - median(bare), budget_ms, "ms", f"{spread(ours)}; bare {spread(bare)}"


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load() -> str:
    """How busy the machine is."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
