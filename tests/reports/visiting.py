"""A visit to a page in headless Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Final, Self

from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


class Visit:
    """A tab on the page, with everything it asked for and complained about."""

    def __init__(self, browser: Browser, page: Path, *, width: int = 1400, script: bool = True, scheme: Any = "light"):
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, color_scheme=scheme
        )
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

    def open_everything(self) -> None:
        self.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
