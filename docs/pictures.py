"""Takes the documentation's pictures: an example practice, a real server, a real browser. `make pictures`"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).parent / "pictures"
PAGES = {"today": "/today", "calendar": "/calendar"}
WHO = "approver"  # whose pages are shown
SIZE = ViewportSize(width=1440, height=900)
PATIENCE = 180.0  # seconds for the example, and for the server's first answer
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = (sys.executable, "-m", "rounds")


class NoPicture(Exception):
    """The pictures could not be taken; the message says why."""


def main() -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise NoPicture("There is no Chromium on this machine. Install one, then take the pictures again.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rounds-pictures-") as data:
        port = free_port()
        settings = {
            **os.environ,
            "ROUNDS_DATA_DIR": data,
            "ROUNDS_PORT": str(port),
            "ROUNDS_DATABASE_URL": "",
        }
        email, password = example(settings)
        with running(settings, f"http://127.0.0.1:{port}") as address:
            shoot(browser, address, email, password)


def example(settings: Mapping[str, str]) -> tuple[str, str]:
    """Make the example practice; the e-mail address and the password of the person whose pages are shown."""
    done = subprocess.run(  # noqa: S603 - our own command
        [*ROUNDS, "demo", "--json"],
        env=settings,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode:
        raise NoPicture(f"The example could not be made: {done.stderr.strip()[-500:]}")
    made = json.loads(done.stdout)
    person = next(person for person in made["people"] if person["roles"] == [WHO])
    return person["email"], made["password"]


@contextmanager
def running(settings: Mapping[str, str], address: str) -> Iterator[str]:
    """Rounds on that practice, from its first answer until the block ends."""
    process = subprocess.Popen([*ROUNDS, "up"], env=settings, stdout=subprocess.DEVNULL)  # noqa: S603 - see above
    try:
        await_ready(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def await_ready(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise NoPicture("Rounds ended before it answered; its message stands above.")
        try:
            with urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise NoPicture("Rounds did not get ready.")


def shoot(browser: str, address: str, email: str, password: str) -> None:
    """Sign in and take every picture."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page(base_url=address, viewport=SIZE, color_scheme="light", locale="en-US")
        page.goto("/sign-in")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/today")
        for name, path in PAGES.items():
            take(page, path, FOLDER / f"{name}.png")
        chromium.close()


def take(page: Page, path: str, file: Path) -> None:
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise NoPicture(f"{path} does not answer with a page.")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=file, animations="disabled")
    sys.stdout.write(f"{file.relative_to(FOLDER.parent.parent)} is taken.\n")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


if __name__ == "__main__":
    try:
        main()
    except NoPicture as problem:
        sys.exit(str(problem))
