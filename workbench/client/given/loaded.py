"""What a thing is made with, without loading it: whoever has a DataFrame has loaded its library."""

import sys


def is_a(thing: object, module: str, *names: str) -> bool:
    """Whether the thing is one of those classes of a module; false where nobody has loaded it."""
    loaded = sys.modules.get(module)
    kinds = tuple(kind for name in names if isinstance(kind := getattr(loaded, name, None), type))
    return isinstance(thing, kinds)
