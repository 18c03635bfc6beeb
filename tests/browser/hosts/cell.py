"""A notebook's cell in JupyterLab that shows `experiences[…].chat()`.

It goes to the owner through Jupyter's server, or through the kernel where the Workbench is switched off there.
"""

from itertools import count

from playwright.sync_api import Page, expect

from tests.browser.hosts import lab
from tests.browser.hosts.host import Scheme
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.widget.cells import Cells
from workbench.experiences.records import Experience


class CellPage:
    """See `host.Host`. Each time it is opened, it is a notebook of its own with a kernel of its own."""

    asks = lab.ASKS
    ours = (".wb-ChatCell",)
    widths = (1400,)
    code_actions = ()
    second_line = False
    may_be_empty = False

    def __init__(self, jupyterlab: JupyterLab) -> None:
        self._lab = jupyterlab
        self._numbers = count(1)
        self.url = f"http://127.0.0.1:{jupyterlab.port}"

    def open(self, page: Page, experience: Experience | None) -> None:
        assert experience is not None, "A chat in a cell is always that of an Experience."
        desk = Desk(page, lab.new_workspace(self._lab))
        cells = Cells(desk, f"chat-{next(self._numbers)}", f'experiences["{experience.id}"].chat()')
        cells.run(1)
        cells.chat().composer.wait_for()
        cells.save()

    def reload(self, page: Page) -> None:
        Desk(page, self._lab).reload()
        expect(page.locator("wb-chat").get_by_role("textbox", name="Message")).to_be_visible()

    def theme(self, page: Page, scheme: Scheme) -> None:
        lab.set_theme(Desk(page, self._lab), scheme)
