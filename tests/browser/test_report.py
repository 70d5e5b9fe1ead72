"""The report in a real browser: quiet, closed to the network, usable by keyboard, printable."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.browser


def until(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    """The first true value of `condition`; fails when it does not come in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "the page did not reach the state in time"
        time.sleep(0.02)
    return value


def press(page: Any, *keys: str) -> None:
    page.switch_to.active_element.send_keys(*keys)


def background(page: Any) -> str:
    return page.execute_script("return getComputedStyle(document.body).backgroundColor")


def luminance(page: Any) -> float:
    numbers = background(page).removeprefix("rgb(").removesuffix(")").split(",")
    return sum(map(float, numbers)) / 765


def visible_claims(page: Any) -> list[str]:
    return [e.get_attribute("id") for e in page.find_elements(By.CSS_SELECTOR, "section.claim") if e.is_displayed()]


def test_opens_without_a_word_in_the_console(page: Any, record: dict[str, Any]) -> None:
    assert page.title == "Audit of 7 claims · ddcl-verify"
    assert len(visible_claims(page)) == len(record["claims"])
    assert page.get_log("browser") == []


def test_no_request_leaves_the_page(page: Any) -> None:
    events = [json.loads(entry["message"])["message"] for entry in page.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert asked, "the log of the network is empty: it would not show a request either"
    assert {url.split(":")[0] for url in asked} <= {"file", "data"}
    assert {url for url in asked if url.startswith("file:")} == {page.current_url}
    entries = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert [name for name in entries if not name.startswith("data:")] == []


def test_the_policy_stops_what_would_be_fetched_or_run(page: Any) -> None:
    page.execute_script(
        "window.ran = false; const s = document.createElement('script'); s.textContent = 'window.ran = true';"
        "document.body.append(s);"
        "const i = new Image(); i.src = 'https://example.invalid/x.png'; document.body.append(i);"
    )
    refused = until(lambda: [e for e in page.get_log("browser") if "Content Security Policy" in e["message"]])
    assert refused and page.execute_script("return window.ran") is False


def test_every_internal_link_leads_to_an_element(page: Any) -> None:
    broken = page.execute_script(
        "return [...document.querySelectorAll('[href]')].map((e) => e.getAttribute('href'))"
        ".filter((h) => !h.startsWith('data:') && !(h.startsWith('#') && document.getElementById(h.slice(1))))"
    )
    assert broken == []


def test_a_link_into_a_folded_reading_unfolds_it(page: Any) -> None:
    folded = "claim-example.spread-fixed"
    assert page.execute_script("return document.getElementById(arguments[0]).open", folded) is False
    page.find_element(By.CSS_SELECTOR, f"a[href='#{folded}']").send_keys(Keys.ENTER)
    until(lambda: page.execute_script("return document.getElementById(arguments[0]).open", folded))
    part = page.find_element(By.ID, f"{folded}-monotone")
    assert part.is_displayed()


def test_a_node_of_the_graph_leads_to_its_claim(page: Any) -> None:
    page.execute_script("document.querySelector('.graph a[href=\"#claim-example.threshold\"]').focus()")
    press(page, Keys.ENTER)
    until(lambda: page.current_url.endswith("#claim-example.threshold"))


def test_the_first_tab_stop_skips_to_the_findings(page: Any) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    active = page.switch_to.active_element
    assert active.text == "Skip to the findings" and active.location["y"] >= 0
    active.send_keys(Keys.ENTER)
    until(lambda: page.switch_to.active_element.get_attribute("id") == "main")


def test_the_theme_follows_the_system_and_the_key(page: Any) -> None:
    assert luminance(page) > 0.9
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    )
    until(lambda: luminance(page) < 0.2)
    button = page.find_element(By.ID, "theme")
    button.send_keys(Keys.ENTER)
    assert button.text == "Theme: light" and luminance(page) > 0.9
    button.send_keys(Keys.SPACE)
    assert button.text == "Theme: dark" and luminance(page) < 0.2
    page.refresh()
    assert page.find_element(By.ID, "theme").text == "Theme: dark"
    page.find_element(By.ID, "theme").send_keys(Keys.ENTER)
    assert page.find_element(By.ID, "theme").text == "Theme: system"


def test_details_open_by_keyboard(page: Any) -> None:
    summary = page.find_element(By.CSS_SELECTOR, "#claim-example\\.decomposition details.derivation > summary")
    inside = page.find_element(By.CSS_SELECTOR, "#claim-example\\.decomposition details.derivation > div")
    assert not inside.is_displayed()
    summary.send_keys(Keys.ENTER)
    until(inside.is_displayed)
    summary.send_keys(Keys.SPACE)
    until(lambda: not inside.is_displayed())


def test_search_by_keyboard(page: Any) -> None:
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    until(lambda: page.switch_to.active_element.get_attribute("id") == "query")
    press(page, "weight DECAY")
    until(lambda: visible_claims(page) == ["claim-example.threshold"])
    assert page.find_element(By.ID, "found").text == "1 of 7 claims shown"
    rows = page.find_elements(By.CSS_SELECTOR, "tr[data-for]")
    assert [row.get_attribute("data-for") for row in rows if row.is_displayed()] == ["claim-example.threshold"]
    press(page, Keys.ESCAPE)
    until(lambda: len(visible_claims(page)) == 7)
    press(page, "no such words")
    until(lambda: page.find_element(By.ID, "none-found").is_displayed())
    page.execute_script("location.hash = '#claim-example.spread'")
    until(lambda: "claim-example.spread" in visible_claims(page))


def test_filter_by_verdict(page: Any) -> None:
    boxes = page.find_elements(By.CSS_SELECTOR, "#filter input[type=checkbox]")
    assert len(boxes) == 7
    for box in boxes:
        if box.get_attribute("value") != "REFUTED":
            box.send_keys(Keys.SPACE)
    until(lambda: visible_claims(page) == ["claim-example.spread"])


def test_a_witness_can_be_copied_as_json(page: Any, record: dict[str, Any]) -> None:
    point = record["claims"][2]["readings"][0]["parts"][0]["witnesses"][0]["point"]
    code = page.find_element(By.CSS_SELECTOR, "#claim-example\\.spread-softmax-monotone .witness pre code")
    assert json.loads(code.get_attribute("textContent")) == point
    button = page.find_element(By.CSS_SELECTOR, "#claim-example\\.spread-softmax-monotone .witness button.copy")
    assert button.accessible_name == "Copy the witness"
    button.send_keys(Keys.ENTER)
    said = until(lambda: button.text in ("Copied", "Selected") and button.text)
    if said == "Selected":
        assert json.loads(page.execute_script("return getSelection().toString()")) == point
    until(lambda: button.text.startswith("Copy"))


@pytest.mark.parametrize("width", [360, 400, 768, 1280, 1920])
def test_no_width_scrolls_sideways(page: Any, width: int) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    page.execute_script("for (const box of document.querySelectorAll('details')) box.open = true")
    assert (
        page.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    )
    wide = page.execute_script(
        "return [...document.querySelectorAll('.says, .part-says')]"
        ".filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert wide == 0


def test_the_contents_lead_to_the_referees_report(page: Any) -> None:
    page.find_element(By.CSS_SELECTOR, "#contents a[href='#referee']").send_keys(Keys.ENTER)
    until(lambda: page.current_url.endswith("#referee"))
    section = page.find_element(By.ID, "referee")
    until(lambda: abs(section.rect["y"] - page.execute_script("return scrollY")) < 60)
    assert section.find_element(By.TAG_NAME, "h2").text == "Referee's report"
    major = section.find_element(By.TAG_NAME, "li")
    assert major.text.startswith("REFUTED") and "is false at" in major.text
    assert major.find_elements(By.TAG_NAME, "math")


def test_a_finding_leads_to_its_part_and_follows_the_filter(page: Any) -> None:
    part = "claim-example.spread-softmax-monotone"
    page.find_element(By.CSS_SELECTOR, f"#referee a.record[href='#{part}']").send_keys(Keys.ENTER)
    until(lambda: page.current_url.endswith(part))
    assert page.find_element(By.ID, part).is_displayed()
    page.find_element(By.TAG_NAME, "body").send_keys("/")
    press(page, "weight DECAY")
    shown = "#referee details[open] li"
    until(lambda: [e.is_displayed() for e in page.find_elements(By.CSS_SELECTOR, shown)].count(True) == 1)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_referees_report_fits_a_phone_and_a_desk(page: Any, width: int) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    page.execute_script("for (const box of document.querySelectorAll('#referee details')) box.open = true")
    cut = page.execute_script(
        "return [...document.querySelectorAll('#referee p')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0


def contrast_failures(page: Any) -> list[str]:
    """Texts whose contrast with their background is below 4.5 (WCAG 2.1, 1.4.3, level AA)."""
    return page.execute_script(
        """
        const channel = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const parse = (c) => c.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
        const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
          if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
        const failures = [];
        for (const e of document.querySelectorAll('main *, nav *, header *, footer *')) {
          if (e.closest('svg, [hidden]') || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
          const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) failures.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
        }
        return failures;
        """
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast(page: Any, theme: str) -> None:
    page.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
    page.execute_script("for (const box of document.querySelectorAll('details')) box.open = true")
    assert (luminance(page) > 0.5) is (theme == "light")
    assert contrast_failures(page) == []


def test_prints_everything(page: Any) -> None:
    settings = {"printBackground": True, "preferCSSPageSize": True}
    pdf = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", settings)["data"])
    assert pdf.startswith(b"%PDF-") and len(pdf) > 50_000
    assert pdf.count(b"/Type /Page\n") >= 8
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not page.find_element(By.ID, "contents").is_displayed()
    folded = "const e = document.getElementById('claim-example.spread-fixed-monotone'); return e.checkVisibility()"
    assert page.execute_script(folded)
    items = "return [...document.querySelectorAll('#referee li')].every((e) => e.checkVisibility())"
    assert page.execute_script(items)
    assert luminance(page) == 1.0


def test_reads_in_full_without_a_script(page: Any, report: str) -> None:
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page.get(report)
        assert len(visible_claims(page)) == 7
        page.find_element(By.CSS_SELECTOR, "#claim-example\\.spread-fixed > summary").send_keys(Keys.ENTER)
        until(page.find_element(By.ID, "claim-example.spread-fixed-monotone").is_displayed)
        assert not page.find_element(By.ID, "theme").is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
