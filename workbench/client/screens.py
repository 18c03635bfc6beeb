"""Where a reply appears while it arrives: in a notebook's cell, in IPython's terminal, or nowhere.

IPython is never loaded here: it is there already where there is something to show.
"""

import sys
import time
from typing import Any, Protocol

from workbench.conversations import drawn
from workbench.conversations.records import Given, Message
from workbench.plain import PlainStream, plain

LEAST_PAUSE_S = 0.1
"""A growing reply is drawn so often at most…"""
REST_SHARE = 4.0
"""…and rests this many times as long as drawing took: a fifth of the time goes into drawing, however long it grows."""


class Screen(Protocol):
    """Shows a reply that grows, or several that grow side by side: always as many as the first time."""

    def grow(self, *messages: Message) -> None:
        """There is more of it."""

    def pause(self, message: Message, why: str) -> None:
        """Nothing more of it comes for a while."""

    def wait_s(self) -> float | None:
        """How soon `draw` is due; None: not before there is more."""

    def draw(self) -> None:
        """Show what there is by now."""

    def end(self, *messages: Message) -> None:
        """It has ended."""


def current(given: tuple[Given, ...] = ()) -> Screen:
    """The screen of this process: a cell where a kernel runs, a terminal in IPython's own, else none.

    It also shows what was given with the question.
    """
    shell = _shell()
    if shell is None:
        return Nothing()
    return Cell(given) if hasattr(shell, "kernel") else Terminal(given)


def this_run() -> object:
    """Which run of a cell this is; None outside of IPython."""
    shell = _shell()
    if shell is None:
        return None
    if hasattr(shell, "kernel"):
        return shell.get_parent().get("header", {}).get("msg_id")
    return shell.execution_count


def show(html: str, text: str) -> None:
    """Show something once, in IPython."""
    _display({"text/html": html, "text/plain": text}, raw=True)


def _display(bundle: dict[str, str], **options: bool) -> Any:  # noqa: ANN401  (IPython's DisplayHandle)
    from IPython.display import display  # noqa: PLC0415  (IPython runs, or nobody calls this)

    # IPython's function has no types.
    return display(bundle, **options)  # type: ignore[no-untyped-call]


def _shell() -> Any:  # noqa: ANN401  (IPython's shell, whichever it is)
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


class Nothing:
    """A script: a reply is what `ask` returns."""

    def grow(self, *messages: Message) -> None:
        """Nobody looks."""

    def pause(self, message: Message, why: str) -> None:
        """Nobody looks."""

    def wait_s(self) -> None:
        """Never."""
        return

    def draw(self) -> None:
        """Nothing to draw on."""

    def end(self, *messages: Message) -> None:
        """Nobody looks."""


class Terminal:
    """IPython in a terminal: plain text, piece by piece, without what a terminal would obey.

    Of several replies each is written when it has ended, and all before it have.
    """

    def __init__(self, given: tuple[Given, ...] = ()) -> None:
        self._shown = ""
        self._safe = PlainStream()
        self._written = 0
        if given:
            self._write(plain(f"{drawn.given_plainly(given)}\n"))

    def grow(self, *messages: Message) -> None:
        """Write what is new; a reply that begins again, as its owner was killed, may have lost its last words."""
        if len(messages) == 1:
            self._grow(messages[0])
            return
        for message in messages[self._written :]:
            if message.status == "running":
                return
            self._write(f"{drawn.named_plainly(message)}\n\n")
            self._written += 1

    def _grow(self, message: Message) -> None:
        if not self._shown.startswith(message.text):
            self._write(self._safe.feed(message.text.removeprefix(self._shown)))
            self._shown = message.text

    def pause(self, message: Message, why: str) -> None:  # noqa: ARG002  (a Screen's)
        """Write why nothing comes."""
        self._write(plain(f"{why}\n"))

    def wait_s(self) -> None:
        """Everything is written at once."""
        return

    def draw(self) -> None:
        """Everything has been written."""

    def end(self, *messages: Message) -> None:
        """Write the rest, and how it ended."""
        self.grow(*messages)
        if len(messages) == 1:
            self._end(messages[0])

    def _end(self, message: Message) -> None:
        self._write(f"{self._safe.end()}\n")
        if message.fault:
            self._write(plain(f"{message.fault.message} {message.fault.remedy}\n"))
        self._write(plain(f"── {drawn.about(message)}\n"))

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


class Cell:
    """A notebook's cell: one output, drawn anew as the reply grows, and a last time when it has ended."""

    def __init__(self, given: tuple[Given, ...] = ()) -> None:
        import workbench.markdown  # noqa: F401, PLC0415  (loaded while the model thinks, not with the first words)

        self._given = given
        self._handle: Any = None  # IPython's DisplayHandle
        self._latest: tuple[Message, ...] | None = None
        self._due = 0.0

    def grow(self, *messages: Message) -> None:
        """Draw it now if it is time."""
        self._latest = messages
        if time.monotonic() >= self._due:
            self.draw()

    def pause(self, message: Message, why: str) -> None:
        """Draw why nothing comes."""
        self._latest = None
        self._put(drawn.growing(message, self._given, why), plain(why))

    def wait_s(self) -> float | None:
        """How soon what has come since the last drawing is due."""
        return None if self._latest is None else max(0.0, self._due - time.monotonic())

    def draw(self) -> None:
        """Draw what there is by now."""
        if self._latest is None:
            return
        began = time.monotonic()
        messages, self._latest = self._latest, None
        if len(messages) == 1:
            self._put(drawn.growing(messages[0], self._given), plain(messages[0].text))
        else:
            self._put(drawn.side_by_side(messages, self._given), drawn.one_below_the_other(messages, self._given))
        ended = time.monotonic()
        self._due = ended + max(LEAST_PAUSE_S, REST_SHARE * (ended - began))

    def end(self, *messages: Message) -> None:
        """Draw it a last time."""
        self._latest = None
        if len(messages) == 1:
            self._put(drawn.answer(messages[0], self._given), drawn.plainly(messages[0], self._given))
        else:
            self._put(drawn.side_by_side(messages, self._given), drawn.one_below_the_other(messages, self._given))

    def _put(self, html: str, text: str) -> None:
        bundle = {"text/html": html, "text/plain": text}
        if self._handle is None:
            self._handle = _display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
