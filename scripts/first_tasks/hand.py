"""A user's hand on a page of the studio, whose clicks, drags, texts and keys are counted."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


@dataclass
class Hand:
    """The hand of a user, whose clicks, drags, texts and keys are counted."""

    page: Page
    clicks: int = 0
    drags: int = 0
    texts: int = 0
    keys: list[str] = field(default_factory=list)

    def click(self, what: Locator | str) -> None:
        self.clicks += 1
        self._found(what).click()

    def choose(self, what: str, value: str) -> None:
        """Choose from a list: one click opens it, another one chooses."""
        self.clicks += 2
        self.page.get_by_test_id(what).select_option(value)

    def open(self, what: Locator | str, file: Path) -> None:
        """Press a button and choose a file in the browser's dialog."""
        self.clicks += 2
        with self.page.expect_file_chooser() as dialog:
            self._found(what).click()
        dialog.value.set_files(file)

    def drag(self, left: float, top: float, right: float, bottom: float) -> None:
        """Drag between two points of the visible canvas, given as fractions of it."""
        self.drags += 1
        view = self.page.get_by_test_id("canvas").bounding_box()
        assert view is not None
        start, end = [
            (view["x"] + x * view["width"], view["y"] + y * view["height"]) for x, y in ((left, top), (right, bottom))
        ]
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=8)
        self.page.mouse.up()

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self.texts += 1
        self.keys.append("type")
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys.append(key.replace("Control", "Ctrl").replace("Arrow", "").replace("+", " "))
            self.page.keyboard.press(key)

    def command(self, words: str) -> None:
        """Run a command of the palette by words of its name."""
        self.press("Control+k")
        expect(self.page.get_by_test_id("palette-input")).to_be_focused()
        self.write(words)
        self.press("Enter")
        expect(self.page.get_by_test_id("palette-input")).to_have_count(0)

    def tab_to(self, what: Locator) -> None:
        """Press Tab until the focus is there."""
        presses = 0
        while not what.evaluate("(one) => one === document.activeElement"):
            self.page.keyboard.press("Tab")
            presses += 1
        self.keys.append(f"{presses} x Tab")

    def _found(self, what: Locator | str) -> Locator:
        return self.page.get_by_test_id(what) if isinstance(what, str) else what
