"""What the usage page is narrowed by: several of a list, and a period."""

from pathlib import Path

import panel as pn
import param


class Choices(pn.custom.JSComponent):
    """Checkboxes behind a button that says what is chosen; none chosen means all."""

    label = param.String()
    options = param.List(item_type=dict, doc="`name` and `value` of each.")
    value = param.List(item_type=str)

    _esm = Path(__file__).with_name("choices.js")


class Period(pn.custom.JSComponent):
    """A list of periods, the last of which asks for two dates."""

    options = param.List(item_type=str)
    value = param.String()
    since = param.String(doc="A date, as it is written in ISO 8601.")
    until = param.String()
    dark = param.Boolean(default=False)

    _esm = Path(__file__).with_name("period.js")
