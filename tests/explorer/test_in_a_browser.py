"""The explorer's page in a headless Chromium: pointing, choosing, keys, and a narrow window.

Oracle: the numbers that the page's data hold (see test_page.py for those), and what the browser
itself reports: its console, the requests it made, and the width it needs.
"""

import pytest

from browser import Browser, chromium

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium on this machine"),
]

PLANE = "document.querySelector('#plane svg')"
TITLE = "document.getElementById('courses-title').textContent"


@pytest.fixture
def browser(explored):
    with Browser(explored.page) as opened:
        yield opened
        assert opened.console == [], "the console says nothing"
        assert opened.requests == [explored.page.absolute().as_uri()], "nothing else is fetched"


def point_at(browser, current, adaptation):
    """Move the pointer to a place of the plane, by the scales of the page."""
    left, top, factor = browser.value(
        f"(r => [r.x, r.y, r.width / drawnPlane.width])({PLANE}.getBoundingClientRect())"
    )
    x, y = browser.value(f"[drawnPlane.x({current}), drawnPlane.y({adaptation})]")
    browser.hover(left + factor * x, top + factor * y)


def choose(browser, name, value):
    browser.value(
        f"[...document.querySelectorAll('#choices label')].find(l => l.closest('fieldset')"
        f"?.querySelector('legend').textContent.startsWith('{name}')"
        f" && l.textContent.trim() === '{value}').querySelector('input').click()"
    )


def curves(browser):
    """The shapes of the theory's curves, which are two pixels wide."""
    chosen = f"{PLANE}.querySelectorAll('path[stroke-width=\"2\"]')"
    return browser.value(f"[...{chosen}].map(p => p.getAttribute('d'))")


@pytest.mark.parametrize(("adaptation", "nearest"), [(11.0, "10"), (24.0, "20"), (58.0, "40")])
def test_pointing_shows_the_nearest_grid_point(browser, adaptation, nearest):
    point_at(browser, 45.0, adaptation)
    title = browser.value(TITLE)
    assert title.startswith(f"At rs adaptation {nearest} pA, rs input current 4"), title
    count = browser.value("document.querySelectorAll('#courses svg').length")
    assert count == 3, "activation, recovery, and the rate at levels"


def test_numbers_follow_and_are_links_to_files(browser, explored):
    point_at(browser, 45.0, 40.0)
    browser.value("document.getElementById('digits').click()")
    links = browser.value(
        "[...document.querySelectorAll('#values td.number')].flatMap(cell => "
        "[...cell.childNodes].filter(n => n.nodeName === '#text' && /[0-9]/.test(n.textContent)))"
        ".length"
    )
    assert links == 0, "no number stands outside a link"
    rows = dict(browser.value(
        "[...document.querySelectorAll('#values tbody tr')].filter(r => r.cells[1].textContent"
        " === 'uncorrected, rs').map(r => [r.cells[0].textContent, r.cells[2].textContent])"
    ))  # fmt: skip
    summary = explored.studies["hysteresis"].summary
    area = summary["area"].sel(model="uncorrected", population="rs").values[4]
    text = "area between the falling and the rising rate, at constant currents (hysteresis)"
    shown = rows[text]
    assert float(shown.removesuffix(" Hz pA").replace("−", "-")) == area
    hrefs = browser.value("[...document.querySelectorAll('#values a')].map(a => a.href)")
    assert all(href.startswith(explored.page.parent.as_uri()) for href in hrefs)


def test_a_choice_changes_the_plane(browser):
    corrected = curves(browser)
    choose(browser, "rs peak potential", "50, −100")
    other = curves(browser)
    assert other != corrected, "the corrected mean field knows the reset"
    choose(browser, "theory", "uncorrected")
    uncorrected = curves(browser)
    assert uncorrected != other
    choose(browser, "rs peak potential", "1000, −1000")
    assert curves(browser) == uncorrected, "the uncorrected one does not"


def test_points_on_the_ramp_can_be_hidden(browser):
    point = "document.querySelectorAll('#plane-legend span').length"
    both = browser.value(point)
    choose(browser, "network", "held")
    assert browser.value(point) == both - 1, "the fold on the ramp is gone from the legend"
    cells = "[...document.querySelectorAll('#values tbody td:first-child')].map(c => c.textContent)"
    assert "fold, held, rising current" in browser.value(cells)
    assert "fold, on the ramp, rising current" not in browser.value(cells)
    choose(browser, "network", "ramp")
    assert "fold, on the ramp, rising current" in browser.value(cells)


def test_keys_reach_everything(browser):
    """Oracle: a walk with Tab passes the choices, the plane and the numbers."""
    passed = []
    for _ in range(12):
        browser.press("Tab")
        passed.append(browser.value("document.activeElement.id || document.activeElement.name"))
    assert {"choice-plane", "theory", "plane", "digits", "values"} <= set(passed)
    browser.value("document.getElementById('plane').focus()")
    browser.value("move(0, 45)")
    browser.press("ArrowUp")
    browser.press("ArrowRight")
    title = browser.value(TITLE)
    assert title.startswith("At rs adaptation 20 pA, rs input current 46 pA"), title
    told = browser.value("document.getElementById('told').textContent")
    assert "rs adaptation 20 pA" in told
    browser.press("Home")
    assert "rs input current 0 pA" in browser.value(TITLE)


@pytest.mark.parametrize("width", [400, 800, 1200])
def test_the_page_fits_the_window(browser, width):
    browser.resize(width, 800)
    browser.value("1")
    assert browser.value("document.documentElement.scrollWidth") <= width
    size = browser.value(
        f"[...{PLANE}.querySelectorAll('text')].map(t => t.getBoundingClientRect().height)"
    )
    assert min(size) > 9, "labels stay readable"


def test_grid_points_take_the_colours_of_a_number(browser, explored):
    """Oracle: the ends of the scale stand at the smallest and the largest stored number."""
    choose(browser, "rs peak potential", "50, −100")
    browser.value(
        "(list => { list.value = [...list.options].findIndex(o => o.textContent.startsWith("
        "'firing rate of the network: mean')); list.dispatchEvent(new Event('change')); })"
        "(document.getElementById('choice-colour-of-grid-points'))"
    )
    fills = "map(c => c.getAttribute('fill'))"
    dots = browser.value(f"[...{PLANE}.querySelectorAll('circle')].{fills}")
    assert len(dots) == 4
    summary = explored.studies["networks"].summary
    here = summary["rs_threshold_width"].values == 1.0
    rates = summary["rate_mean"].sel(population="rs").values[here]
    assert dots[rates.argmin()] == "rgb(0 34 78)"
    assert dots[rates.argmax()] == "rgb(254 232 56)"
