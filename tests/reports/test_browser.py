"""The page in headless Chromium: opens from disk, asks for nothing, renders every formula, every link works."""

from __future__ import annotations

from pathlib import Path

import made_run
import pytest
from playwright.sync_api import Browser
from visiting import CHROMIUM, Visit

from attnproof.derivations.claims import CLAIMS
from attnproof.reports.page.render import render

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH"),
]


def test_it_opens_from_disk_and_asks_for_nothing(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        visit.open_everything()
        visit.wait_until_drawn()
        assert [url for url in visit.requests if not url.startswith("data:")] == [made_page.as_uri()]
        assert visit.complaints == []
        assert "attention scores" in visit.tab.title()


def test_a_request_or_a_complaint_would_be_seen(browser: Browser, made_page: Path, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    intruder = '<img src="https://example.invalid/a.png"><script>throw new Error("boom")</script></body>'
    page.write_text(made_page.read_text(encoding="utf-8").replace("</body>", intruder), encoding="utf-8")
    with Visit(browser, page) as visit:
        assert visit.heard("Content Security Policy")
        assert visit.heard("boom")


def test_every_formula_has_a_box(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        visit.open_everything()
        boxes = visit.ask("""[...document.querySelectorAll('math')].map((math) => {
            const box = math.getBoundingClientRect();
            return [box.width, box.height, math.getAttribute('alttext')];
        })""")
        assert len(boxes) > 50
        assert [box for box in boxes if box[0] < 3 or box[1] < 3] == []
        # a fraction is taller than a letter: the browser lays MathML out instead of running it together as text
        heights = {latex: height for _, height, latex in boxes}
        fraction = next(latex for latex in heights if r"\frac" in latex and r"\sum" in latex)
        assert heights[fraction] > 1.5 * heights["q"]


def test_every_link_leads_to_a_visible_place(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        anchors = visit.ask("[...new Set([...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.hash))]")
        assert len(anchors) > 30
        lost = visit.ask(
            """async (anchors) => {
                const lost = [];
                for (const anchor of anchors) {
                    document.querySelectorAll('details').forEach((one) => { one.open = false; });
                    if (location.hash !== anchor) {
                        const changed = new Promise((done) => addEventListener('hashchange', done, { once: true }));
                        location.hash = anchor;
                        await changed;
                    }
                    const target = document.getElementById(decodeURIComponent(anchor.slice(1)));
                    if (!target || !target.checkVisibility()) lost.push(anchor);
                }
                return lost;
            }""",
            anchors,
        )
        assert lost == []
        assert visit.complaints == []


def test_clicking_a_claim_leads_to_it(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        visit.tab.click("table.verdicts a[href='#claim-T4']")
        visit.wait("Math.abs(document.getElementById('claim-T4').getBoundingClientRect().top - 97.5) < 102.5")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_page_does_not_scroll_sideways(browser: Browser, made_page: Path, script: bool) -> None:
    with Visit(browser, made_page, script=script) as visit:
        for width in (400, 768, 1400):
            visit.tab.set_viewport_size({"width": width, "height": 900})
            assert visit.ask("document.documentElement.scrollWidth") <= width
            visit.open_everything()
            assert visit.ask("document.documentElement.scrollWidth") <= width
        assert visit.tab.locator("table.verdicts").is_visible()


def test_a_page_that_scrolls_sideways_would_be_seen(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page, width=400) as visit:
        visit.ask(
            "document.querySelectorAll('.scroll, .true, td').forEach((one) => { one.style.overflow = 'visible'; })"
        )
        assert visit.ask("document.documentElement.scrollWidth") > 400


def test_a_wide_table_scrolls_in_its_own_container(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page, width=400) as visit:
        visit.open_everything()
        wide = visit.ask(
            "[...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).length"
        )
        assert wide >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_contrast(browser: Browser, made_page: Path, scheme: str) -> None:
    """Every colour of text stands out from its background by at least 4.5 : 1 (WCAG 2.2, 1.4.3)."""
    with Visit(browser, made_page, scheme=scheme) as visit:
        visit.open_everything()
        poor = visit.ask(CONTRAST)
        assert poor == []


def test_contrast_would_be_seen(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        visit.ask("document.querySelector('.lead').style.color = '#bbb'")
        assert any("LEAD" in one.upper() for one in visit.ask(CONTRAST))


def test_rows_can_be_sorted_and_filtered(browser: Browser, made_page: Path) -> None:
    with Visit(browser, made_page) as visit:
        visit.open_everything()
        table = "#rows-variance table"
        column = visit.ask(
            f"[...document.querySelectorAll('{table} th')].findIndex((th) => th.textContent === 'measured')"
        )
        cell = f"tr.cells[{column}]"
        number = f"Number({cell}.dataset.value ?? {cell}.textContent)"
        values = f"[...document.querySelectorAll('{table} tbody tr')].map((tr) => {number})"
        visit.tab.click(f"{table} th:nth-child({column + 1}) button")
        assert visit.ask(values) == sorted(visit.ask(values))
        visit.tab.click(f"{table} th:nth-child({column + 1}) button")
        assert visit.ask(values) == sorted(visit.ask(values), reverse=True)
        visit.tab.fill("#rows-variance .filter", "NORMAL(0 abstain")
        assert visit.ask(f"[...document.querySelectorAll('{table} tbody tr')].filter((tr) => !tr.hidden).length") == 1


def test_notation_and_the_table_of_all_claims_fit_one_screen_each(browser: Browser, tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run", {})
    claims = [
        {"id": one.id, "title": one.title, "usual": one.usual, "headline": one.headline, "verdict": one.earned}
        for one in CLAIMS.values()
    ]
    made_run.dump(folder / "claims.json", {"schema": "attnproof.claims/1", "claims": claims})
    made_run.dump(folder / "run.json", made_run.run() | {"parts": {}})
    with Visit(browser, render(folder), width=1280) as visit:
        height = "(selector) => document.querySelector(selector).getBoundingClientRect()"
        assert visit.ask(f"({height})('#notation').height") <= 900
        begin, end = visit.ask(f"[({height})('table.verdicts').top, ({height})('.as-said').bottom]")
        assert end - begin <= 900
        assert visit.ask("parseFloat(getComputedStyle(document.querySelector('table.verdicts')).fontSize)") >= 11.5
        listed = visit.ask("document.querySelectorAll('table.verdicts tbody tr, .as-said > span').length")
        assert listed == len(CLAIMS)


# Text colours against the nearest opaque background, once for each class of element. Tinted bars behind a cell's
# numbers are judged by the cell's bar colour.
CONTRAST = """(() => {
  const channel = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = (at) => {
    for (; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (at.matches('td.measure')) {
        const probe = document.createElement('i');
        probe.style.color = 'var(--bar)';
        at.append(probe);
        const bar = parse(getComputedStyle(probe).color);
        probe.remove();
        return bar;
      }
      const colour = parse(style.backgroundColor);
      if (colour.length && (colour.length < 4 || colour[3] > 0.99)) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest('script, title, .rows tbody tr:nth-child(n+4), .skip')) continue;
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    const style = getComputedStyle(one);
    const ink = parse(one instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05) ;
    const faded = Number(style.opacity) < 1;
    const name = `${one.tagName}.${one.getAttribute('class')} ${ratio.toFixed(2)}`;
    if (ratio < 4.5 || faded) poor.add(`${name}${faded ? ' faded' : ''}`);
  }
  return [...poor];
})()"""
