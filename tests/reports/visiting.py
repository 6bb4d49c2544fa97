"""A visit to a page in headless Chromium."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any, Final, Self

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

PATIENCE: Final = 120_000.0  # milliseconds: a busy machine is no fault of the page
CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


class Visit:
    """A tab on the page, with everything it asked for and complained about."""

    def __init__(self, browser: Browser, page: Path, *, width: int = 1400, script: bool = True, scheme: Any = "light"):
        self.script = script
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, color_scheme=scheme
        )
        self.context.set_default_timeout(PATIENCE)
        self.tab: Tab = self.context.new_page()
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.tab.goto(page.as_uri())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def ask(self, script: str, argument: Any = None) -> Any:
        return self.tab.evaluate(script, argument)

    def wait(self, script: str, argument: Any = None) -> None:
        """Until what the script says is so."""
        self.tab.wait_for_function(script, arg=argument)

    def wait_until_drawn(self) -> None:
        """Twice, so that what the page's script does about sizes is done. Without a script nothing is."""
        if self.script:
            self.ask("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")

    def heard(self, words: str) -> bool:
        """Whether the page complains in these words; complaints may come late."""
        end = time.monotonic() + PATIENCE / 1000
        while not (found := any(words in complaint for complaint in self.complaints)) and time.monotonic() < end:
            self.tab.wait_for_timeout(50)
        return found

    def open_everything(self) -> None:
        self.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
