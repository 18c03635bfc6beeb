"""The command line in a process of its own, and what it may say when it cannot do what it was told."""

import subprocess
import sys


def run(*arguments: str, stdin: str = "", limit_s: float = 90) -> subprocess.CompletedProcess[str]:
    """`workbench …`."""
    command = [sys.executable, "-m", "workbench", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=limit_s)


def done(*arguments: str, stdin: str = "") -> str:
    """What `workbench …` printed; it must have succeeded."""
    ended = run(*arguments, stdin=stdin)
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout


def assert_told(ended: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """It said what is wrong and what to do, in one line on stderr, and ended with that error's own code."""
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.startswith("workbench: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.count(". ") + ended.stderr.count("? ") >= 1, f"no remedy: {ended.stderr}"
    for word in words:
        assert word in ended.stderr
