from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import made_run

from attnproof.reports.page.render import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """Result files of the made-up run, without a page; free to be changed."""
    return made_run.write(tmp_path / "run", made_run.tables())


@pytest.fixture(scope="session")
def made_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the made-up run; not to be changed."""
    return render(made_run.write(tmp_path_factory.mktemp("made") / "run", made_run.tables()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, for tests marked ``browser``."""
    from playwright.sync_api import sync_playwright
    from visiting import CHROMIUM, FLAGS

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()
