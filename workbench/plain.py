"""Text without anything that a terminal would obey.

Whatever a model or a stored record says is shown through here: a reply must not move the cursor, retitle the window,
write to the clipboard, or show itself in another order than it was written (ECMA-48, xterm's control sequences;
Unicode's explicit directional formatting, UAX #9).
"""

import re

_LONGEST = 4096
"""A string sequence that does not end within so many characters is not one."""

_CSI = r"(?:\x1b\[|\x9b)[0-?]{0,64}[ -/]{0,16}"
"""Colours and the cursor, up to the character that ends it."""
_STRING = rf"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{{0,{_LONGEST}}}"
"""OSC, DCS, SOS, PM and APC, up to what ends them."""
_OTHER = r"\x1b[ -/]{0,16}"

_SEQUENCE = re.compile(rf"{_CSI}[@-~]|{_STRING}(?:\x07|\x1b\\|\x9c)|{_OTHER}[0-~]")
_UNFINISHED = re.compile(rf"{_CSI}\Z|{_STRING}\x1b?\Z|{_OTHER}\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """`text` without control sequences, control characters (but for newline and tab) and directional overrides."""
    return _CONTROL.sub("", _SEQUENCE.sub("", text))


def one_line(text: str) -> str:
    """`plain` text on one line, its white space made single."""
    return " ".join(plain(text).split())


class PlainStream:
    """`plain` for text that comes in pieces, wherever these are cut."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown by now; the beginning of a sequence is held back until its end is here."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return plain(text[:cut])

    def end(self) -> str:
        """What was still held back."""
        held, self._held = self._held, ""
        return plain(held)
