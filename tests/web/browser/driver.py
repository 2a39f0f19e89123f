"""A headless Chromium, by Debian's chromium-driver."""
import base64
import os
import re
import tempfile

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from harness.wait import until

AXE = os.path.join(os.path.dirname(__file__), "axe.js")

# What Chromium says of pages that are as they should be: of a problem that has
# a status, and of passwords that have no name beside them, as tokens.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a "
                      r"status of (4|503)|\[DOM\] Password forms should have")

# Desktop and phone, in CSS pixels.
DESKTOP = (1280, 900)
PHONE = (390, 844)


def is_gone(element):
    try:
        element.is_enabled()
    except WebDriverException:
        return True
    return False


class Browser:
    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="chromium-")
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu",
                         "--disable-dev-shm-usage", "--no-first-run",
                         "--disable-background-networking",
                         "--hide-scrollbars",
                         f"--user-data-dir={self.home.name}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(
            service=Service("/usr/bin/chromedriver"), options=options)
        with open(AXE, encoding="utf-8") as f:
            self.axe_text = f.read()
        self.emulate()

    def close(self):
        self.driver.quit()
        self.home.cleanup()

    def emulate(self, size=DESKTOP, scheme="light", scripts=True):
        """Which screen, and whether scripts of pages run."""
        command = self.driver.execute_cdp_cmd
        command("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1,
            "mobile": size == PHONE})
        command("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})
        command("Emulation.setScriptExecutionDisabled",
                {"value": not scripts})

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        found = self.all(css)
        assert len(found) == 1, f"{css}: {len(found)} in\n{self.text()}"
        return found[0]

    def text(self, css="body"):
        return self.driver.find_element(By.CSS_SELECTOR, css).text

    def fill(self, **fields):
        """Types into fields by their names."""
        for name, text in fields.items():
            field = self.one(f'[name="{name}"]')
            field.clear()
            field.send_keys(text)

    def press(self, words):
        """The button or link that is called so."""
        for found in self.all("button, a"):
            if found.is_displayed() and found.text.strip() == words:
                self.follow(found)
                return
        raise AssertionError(f"there is no {words!r} in\n{self.text()}")

    def press_in(self, element):
        """The link in it."""
        self.follow(element.find_element(By.CSS_SELECTOR, "a"))

    def choose(self, name, words):
        """Of a list."""
        Select(self.one(f'select[name="{name}"]')).select_by_visible_text(
            words)

    def follow(self, element):
        """Clicks on what leads to another page, and waits for that."""
        old = self.one("html")
        element.click()
        until(lambda: is_gone(old), "the next page comes")

    def violations(self):
        """What axe-core has against the page."""
        if not self.driver.execute_script("return 'axe' in window"):
            self.driver.execute_script(self.axe_text)
        found = self.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document).then(r => done(r.violations),"
            " e => done([{id: String(e), nodes: []}]));")
        return [f"{v['id']}: {node['html']}: {node['failureSummary']}"
                if v["nodes"] else v["id"]
                for v in found for node in v["nodes"] or [None]]

    def is_wider_than_screen(self):
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth"
            " > document.documentElement.clientWidth")

    def said(self):
        """What the browser has against pages since it was last asked: what
        the policy forbids, what a script has thrown."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if not EXPECTED.search(entry["message"])]

    def picture(self, path):
        """Of the whole page."""
        height = self.driver.execute_script(
            "return document.documentElement.scrollHeight")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "format": "png",
            "clip": {"x": 0, "y": 0, "scale": 1, "height": min(height, 3000),
                     "width": self.driver.execute_script(
                         "return innerWidth")}})
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))
