"""What a reader of the chat sees and does, wherever the chat stands."""

import re

from playwright.sync_api import Locator, Page, expect


class Chat:
    """The first `<wb-chat>` of a page. Playwright looks into shadow roots by itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.element = page.locator("wb-chat").first

    @property
    def composer(self) -> Locator:
        return self.element.get_by_role("textbox", name="Message")

    @property
    def log(self) -> Locator:
        return self.element.get_by_role("log")

    @property
    def messages(self) -> Locator:
        return self.element.get_by_role("article")

    @property
    def reply(self) -> Locator:
        """The last message."""
        return self.messages.last

    def button(self, name: str) -> Locator:
        return self.element.get_by_role("button", name=name, exact=True)

    @property
    def conversations(self) -> Locator:
        """What opens the list of conversations."""
        return self.element.get_by_role("button", name=re.compile("^Conversation:"))

    def entry(self, name: str) -> Locator:
        """A line of the menu that is open."""
        return self.element.get_by_role("menuitemradio", name=name)

    def ask(self, text: str) -> None:
        self.composer.fill(text)
        expect(self.button("Send")).to_be_enabled()  # not while the conversation is still being read
        self.composer.press("Enter")

    def answered(self, text: str) -> None:
        """Wait until a reply with `text` has ended."""
        expect(self.reply).to_contain_text(text)
        expect(self.button("Send")).to_be_visible()

    def focused(self) -> str:
        """The accessible name of what has the focus, inside all shadow roots."""
        return self.page.evaluate(
            """() => {
              let element = document.activeElement;
              while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
              return element.ariaLabel ?? element.textContent.trim().replace(/\\s+/g, ' ');
            }"""
        )

    def reach(self, name: str, *, backwards: bool = False) -> None:
        """Go with the tab key until the focus is on `name`."""
        for _ in range(40):
            if self.focused() == name:
                return
            self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        raise AssertionError(f"The tab key does not reach {name!r}.")

    def clipboard(self) -> str:
        return self.page.evaluate("navigator.clipboard.readText()")
