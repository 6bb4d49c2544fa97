"""What a reader does with the page, in headless Chromium: search, filter, copy, read on a phone."""

from __future__ import annotations

from pathlib import Path

import made_run
import pytest
from playwright.sync_api import Browser
from visiting import CHROMIUM, Visit

from attnproof.reports.page.render import render

PHONE = 390

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up run, its additive formulas with names and its claims with a table of cases."""
    folder = made_run.write(tmp_path_factory.mktemp("named") / "run", made_run.tables())
    made_run.named(folder)
    return render(folder)


def find(visit: Visit, text: str) -> list[str]:
    visit.tab.keyboard.press("/")
    visit.tab.keyboard.type(text)
    return [item.inner_text() for item in visit.tab.locator("#found a").all()]


@pytest.mark.parametrize(
    ("text", "first", "place"),
    [
        ("additive.weights", "formula additive.weights", "formula-additive.weights"),
        ("T4", "claim T4 Scaling by the root of the width ◐ qualified", "claim-T4"),
        ("lemma odd", "lemma The score is odd ✓ proved", "lemma-odd_score"),
        pytest.param("rows of variance", "table Rows of variance", None, marks=pytest.mark.slow),
        pytest.param("notation", "section Notation", "notation", marks=pytest.mark.slow),
        pytest.param(
            "uncorrelated", "claim T4 Scaling by the root of the width ◐ qualified", "claim-T4", marks=pytest.mark.slow
        ),
    ],
)
def test_what_is_searched_is_found_and_led_to_by_keyboard(
    browser: Browser, page: Path, text: str, first: str, place: str | None
) -> None:
    with Visit(browser, page) as visit:
        found = find(visit, text)
        assert " ".join(found[0].split()) == first
        visit.tab.keyboard.press("ArrowDown")
        visit.tab.keyboard.press("Enter")
        visit.wait("location.hash")
        reached = visit.ask("location.hash.slice(1)")
        assert place is None or reached == place
        visit.wait("(id) => document.getElementById(id).checkVisibility()", reached)
        visit.wait("(id) => Math.abs(document.getElementById(id).getBoundingClientRect().top - 450) < 450.5", reached)
        assert find(visit, "") == [], "the list closes"
        assert visit.complaints == []
        assert len(visit.requests) == 1 or all(url.startswith(("file:", "data:")) for url in visit.requests)


def test_what_is_not_there_is_said_and_escape_closes(browser: Browser, page: Path) -> None:
    with Visit(browser, page) as visit:
        assert find(visit, "nosuchword") == []
        assert visit.tab.locator(".finder p").inner_text() == "Nothing found"
        visit.tab.keyboard.press("Escape")
        assert visit.tab.locator(".finder input").input_value() == ""


def test_enter_takes_the_first(browser: Browser, page: Path) -> None:
    with Visit(browser, page) as visit:
        find(visit, "B2")
        visit.tab.keyboard.press("Enter")
        visit.wait("location.hash === '#claim-B2'")


def test_a_table_can_be_filtered(browser: Browser, page: Path) -> None:
    with Visit(browser, page) as visit:
        visit.open_everything()
        box = visit.tab.get_by_label("Filter Rows of model variance")
        box.fill("difference half")
        shown = visit.tab.locator("#rows-model_variance tbody tr:visible")
        everything = visit.tab.locator("#rows-model_variance tbody tr").count()
        assert 0 < shown.count() < everything
        assert all("half difference" in text for text in shown.all_inner_texts())
        assert visit.tab.locator("#rows-model_variance .filtered").inner_text() == f"{shown.count()} of {everything}"
        box.fill("")
        assert shown.count() == everything


def test_a_line_can_be_copied(browser: Browser, page: Path) -> None:
    with Visit(browser, page) as visit:
        visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit.ask("() => { window.setTimeout = () => 0; }")  # what the button says stays
        button = visit.tab.get_by_role("button", name="Copy attnproof claim T4", exact=True)
        button.click()
        button.filter(has_text="copied").wait_for()
        assert visit.ask("navigator.clipboard.readText()") == "attnproof claim T4"


def test_where_the_browser_forbids_copying_the_line_is_selected(browser: Browser, page: Path) -> None:
    with Visit(browser, page) as visit:
        visit.ask("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        visit.ask("() => { window.setTimeout = () => 0; }")
        button = visit.tab.get_by_role("button", name="Copy attnproof claim T4", exact=True)
        button.click()
        button.filter(has_text="selected").wait_for()
        assert visit.ask("String(getSelection())").strip() == "attnproof claim T4"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_nothing_is_cut_off_on_a_phone(browser: Browser, page: Path, script: bool) -> None:
    with Visit(browser, page, width=PHONE, script=script) as visit:
        visit.open_everything()
        visit.wait_until_drawn()
        assert visit.ask("document.scrollingElement.scrollWidth") <= PHONE
        assert visit.ask(CUT_OFF) == []


@pytest.mark.parametrize(
    ("selector", "style"),
    [
        (".lead", "width: 500px"),
        (".result", "overflow: hidden; height: 20px"),
        ("#claim-T4 .formula", "overflow: hidden; width: 30px"),
        (".scroll td", "position: relative; left: -900px"),
    ],
)
def test_what_is_cut_off_would_be_seen(browser: Browser, page: Path, selector: str, style: str) -> None:
    with Visit(browser, page, width=PHONE) as visit:
        visit.open_everything()
        visit.ask(
            "([selector, style]) => { document.querySelector(selector).style.cssText += style; }", [selector, style]
        )
        assert visit.ask(CUT_OFF) != []


def test_a_table_that_is_wider_than_the_phone_says_so(browser: Browser, page: Path) -> None:
    with Visit(browser, page, width=PHONE) as visit:
        visit.open_everything()
        visit.wait_until_drawn()
        wide, said, inside = visit.ask("""(() => {
            const wide = (box) => box.scrollWidth > box.clientWidth + 1;
            const boxes = [...document.querySelectorAll('.scroll')].filter(wide);
            const caption = (box) => box.querySelector('caption span');
            return [boxes.length,
                boxes.filter((box) => getComputedStyle(caption(box), '::after').content.includes('sideways')).length,
                boxes.filter((box) => caption(box).getBoundingClientRect().width <= box.clientWidth).length];
        })()""")
        assert wide > 5
        assert said == inside == wide


# Everything that cannot be brought into view by scrolling: it reaches out of the window with no box around it that
# scrolls, begins left of such a box, is larger than a box that hides the rest, or is text outside its figure.
CUT_OFF = """(() => {
  const scrolls = (style) => /auto|scroll/.test(style.overflowX);
  const cut = new Set();
  const name = (one) => `${one.tagName}.${one.getAttribute('class')}: ${one.textContent.trim().slice(0, 40)}`;
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('script, title, .skip, .stacked thead, .finder') || !one.checkVisibility()) continue;
    const style = getComputedStyle(one);
    const hides = (way) => /hidden|clip/.test(style[`overflow${way}`]) && !(one instanceof SVGElement);
    if (hides('X') && one.scrollWidth > one.clientWidth + 1) cut.add(name(one));
    if (hides('Y') && one.scrollHeight > one.clientHeight + 1) cut.add(name(one));
    if (one instanceof SVGElement && one.tagName === 'text') {
      const [text, frame] = [one.getBoundingClientRect(), one.ownerSVGElement.getBoundingClientRect()];
      if (text.left < frame.left - 1 || text.right > frame.right + 1 || text.top < frame.top - 1
        || text.bottom > frame.bottom + 1) cut.add(`${one.ownerSVGElement.ariaLabel}: ${name(one)}`);
    }
    let box = one.parentElement;
    while (box && !scrolls(getComputedStyle(box))) box = box.parentElement;
    const [own, room] = [one.getBoundingClientRect(), (box ?? document.body).getBoundingClientRect()];
    if (!own.width) continue;
    if (!box && (own.right > innerWidth + 1 || own.left < -1)) cut.add(name(one));
    if (box && own.left + box.scrollLeft < room.left - 1) cut.add(name(one));
  }
  return [...cut];
})()"""
