"""Opens a report in headless Chromium: light and dark, on a phone, zoomed and hovered, without a network."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

path = Path(sys.argv[1]).resolve()
complaints: list[str] = []


def watched(page: Page) -> Page:
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(("file:", "data:")) else complaints.append(request.url))
    page.goto(path.as_uri())
    return page


def view(page: Page) -> list[float]:
    figure = page.locator("figure").first
    return [float(figure.get_attribute(f"data-{side}") or "nan") for side in ("from", "to")]


def zooms_and_hovers(page: Page) -> None:
    panel = page.locator("svg.panel[data-panel=overlaps]").first
    panel.scroll_into_view_if_needed()
    whole = [float(panel.get_attribute(f"data-{side}") or "nan") for side in ("from", "to")]
    box = panel.bounding_box()
    assert box

    def at(share: float) -> tuple[float, float]:
        return box["x"] + share * box["width"], box["y"] + box["height"] / 2

    page.mouse.move(*at(0.75))
    told = page.locator("output").first
    assert told.is_visible() and "pattern 3" in told.inner_text() and "largest of" in told.inner_text(), told.inner_text()
    time = float(told.inner_text().split()[1])
    assert abs(time - (whole[0] + 0.75 * (whole[1] - whole[0]))) < 0.01 * (whole[1] - whole[0]), time
    overlap = float(told.inner_text().split("pattern 3")[1].split()[0])
    assert 0.2 < overlap < 2.5, overlap

    page.mouse.move(*at(0.4))
    page.mouse.down()
    page.mouse.move(*at(0.6), steps=3)
    page.mouse.up()
    zoomed = view(page)
    expected = [whole[0] + share * (whole[1] - whole[0]) for share in (0.4, 0.6)]
    assert all(abs(a - b) < 0.02 * (whole[1] - whole[0]) for a, b in zip(zoomed, expected)), (zoomed, expected)
    assert "matrix" in (panel.locator("g.data").get_attribute("transform") or "")
    ticks = [float(text) for text in page.locator("g.ticks text").all_text_contents()]
    assert len(ticks) >= 3 and all(zoomed[0] <= tick <= zoomed[1] for tick in ticks), (ticks, zoomed)

    page.mouse.dblclick(*at(0.5))
    assert view(page) == whole, (view(page), whole)
    page.locator("button[data-zoom=in]").first.click()
    assert view(page)[1] - view(page)[0] < whole[1] - whole[0]
    page.locator("figure").first.press("0")
    assert view(page) == whole

    raster = page.locator("svg.panel[data-panel=raster]").first
    raster.scroll_into_view_if_needed()
    box = raster.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 4)
    assert "neuron" in told.inner_text() and "pattern 3" in told.inner_text(), told.inner_text()
    page.mouse.move(5, 5)
    assert not told.is_visible()


with sync_playwright() as playwright:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "install Chromium"
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    grounds = []
    for scheme in ("light", "dark"):
        page = watched(browser.new_page(color_scheme=scheme, viewport={"width": 1100, "height": 900}))
        assert page.title() == "small"
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        try:
            zooms_and_hovers(page)
        except AssertionError:
            print("the page complained:", complaints)
            raise
        page.screenshot(path=str(path.with_name(f"report-{scheme}.png")), full_page=True)
    assert grounds[0] != grounds[1], grounds
    # On a phone the page itself does not scroll sideways; wide parts of it do.
    page = watched(browser.new_page(viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('p')).fontSize)") >= 14
    # On paper: light, the whole width, without buttons.
    page = watched(browser.new_page(color_scheme="dark"))
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == grounds[0]
    assert not page.locator(".tools").first.is_visible()
    paper = page.pdf(format="A4")
    assert paper[:4] == b"%PDF" and len(paper) > 20_000
    page.set_viewport_size({"width": 794, "height": 1123})
    page.screenshot(path=str(path.with_name("report-print.png")), full_page=True)
    browser.close()
assert not complaints, complaints
print("the page works")
