"""One headless Chromium for the browser tests, and the report that it opens.

The tests need Chromium and its driver.  Without them they fail and say how to install them; they are never skipped.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ddcl_theory.report import html, write_atomically

INSTALL = "apt-get install chromium chromium-driver"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def fabricated() -> dict[str, Any]:
    source = Path(__file__).parents[1] / "report" / "fixture.py"
    spec = importlib.util.spec_from_file_location("report_fixture", source)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    record: dict[str, Any] = module.record()
    return record


@pytest.fixture(scope="session")
def record() -> dict[str, Any]:
    return fabricated()


@pytest.fixture(scope="session")
def report(record: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "audit.html"
    write_atomically(path, html.render(record))
    return path.as_uri()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.fail(f"Chromium or its driver was not found; install them with: {INSTALL}", pytrace=False)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # The path is given, so that selenium does not try to fetch a driver of its own.
    session = webdriver.Chrome(options=options, service=Service(executable_path=driver))
    yield session
    session.quit()


@pytest.fixture
def page(browser: Any, report: str) -> Iterator[Any]:
    """The report, newly opened on a wide light screen; afterwards the log of the browser must be empty."""
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(report)
    browser.execute_script(
        "try { localStorage.clear() } catch (error) { if (error.name !== 'SecurityError') throw error }"
    )
    browser.get(report)
    yield browser
    assert browser.get_log("browser") == []
