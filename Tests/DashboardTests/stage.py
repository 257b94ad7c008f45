"""A server with demo accounts, and browsers that visit it: what every test of the dashboard stands on."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

PROGRAM = os.environ["BOTCONTROL_PROGRAM"]
CHROMIUM = os.environ.get("BOTCONTROL_CHROMIUM", "/usr/bin/chromium")
TIMEOUT_MILLISECONDS = 10_000
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

expect.set_options(timeout=TIMEOUT_MILLISECONDS)


class Platforms:
    """Imitations of all five platforms, on which viewers chat."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="dashboard-platforms-")
        credentials = os.path.join(self.folder, "credentials.json")
        program = Path(PROGRAM).resolve().with_name("DemoPlatforms")
        self.process = subprocess.Popen([program, "--folder", self.folder])
        deadline = time.monotonic() + 30
        while not os.path.exists(credentials):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the platforms do not run")
            time.sleep(0.05)
        self.arguments = ("--credentials", credentials, "--kick-public-key", os.path.join(self.folder, "kick.pem"))

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """`botcontrol serve` with a directory of its own; it can be stopped and started again on the same port."""

    def __init__(self, *arguments):
        self.directory = tempfile.mkdtemp(prefix="dashboard-tests-")
        self.arguments = arguments
        self.port = 0
        self.process = None
        self.start()

    def start(self):
        with open(os.path.join(self.directory, "log"), "ab") as log:
            offset = log.tell()
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--demo", "--data", self.directory + "/data", "--port", str(self.port),
                 "--rate-limit", "0", "--log-level", "error", *self.arguments],
                stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            text = Path(self.directory, "log").read_bytes()[offset:].decode(errors="replace")
            for line in text.splitlines():
                if line.startswith("botcontrol: serving "):
                    self.port = int(line.rsplit(":", 1)[1])
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the server does not run: {text}")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(timeout=30)

    def close(self):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def link(self):
        """The newest link that signs a browser in."""
        lines = Path(self.directory, "log").read_text().splitlines()
        return [line.strip() for line in lines if "/sign-in?code=" in line][-1]

    def token(self, *permissions, subject="ada", account=None, admin=False, seconds=None):
        command = [PROGRAM, "token", "--data", self.directory + "/data", "--subject", subject]
        for permission in permissions:
            command += ["--permission", permission]
        if admin:
            command.append("--system-admin")
        if account:
            command += ["--account", account]
        if seconds:
            command += ["--expires", f"{seconds}s"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def ask(self, method, path, body=None, token=None):
        """The API, as another program uses it."""
        request = urllib.request.Request(
            self.address + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token or self.admin}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    @property
    def admin(self):
        if not hasattr(self, "_admin"):
            self._admin = self.token(admin=True, subject="another-program")
        return self._admin

    def account(self, identifier, name, *platforms):
        self.ask("POST", "/v1/admin/accounts", {"account_id": identifier, "name": name, "plan": "pro"})
        for platform in platforms:
            self.ask("PUT", f"/v1/admin/accounts/{identifier}/bots/{platform}",
                     {"channel_id": identifier, "channel_name": name})

    def status(self, account, platform):
        rows = self.ask("GET", f"/v1/admin/bot-control/statuses?search={account}&platform={platform}")["data"]
        return next(row for row in rows if row["account_id"] == account)


class DashboardTestCase(unittest.TestCase):
    """One server and one Chromium for a class; a test opens as many browsers as it likes."""

    arguments = ("--with-worker",)

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.arguments)
        cls.addClassCleanup(cls.server.close)
        cls.playwright = sync_playwright().start()
        cls.addClassCleanup(cls.playwright.stop)
        cls.chromium = cls.playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        cls.addClassCleanup(cls.chromium.close)

    @contextmanager
    def visitor(self, path="/bot-control", token=None, expects_errors=False, **options):
        """A browser of its own, signed in. Any error of a script fails the test."""
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = self.chromium.new_context(base_url=self.server.address, **options)
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        page = context.new_page()
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: "Content Security Policy" in line.text and problems.append(line.text))
        page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.sign_in(page, path, token)
        try:
            yield page
        finally:
            context.close()
        if not expects_errors:
            self.assertEqual(problems, [])

    def sign_in(self, page, path, token=None):
        page.goto(path)
        page.get_by_label("Token or API key").fill(token or self.server.token(admin=True))
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(self.server.address + path)
        # Its scripts have run by then.
        page.wait_for_load_state()

    def assert_accessible(self, page, what):
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        problems = [
            f"{what}: {violation['id']} ({violation['help']}): {node['target']} {node['failureSummary']}"
            for violation in found["violations"] for node in violation["nodes"]]
        self.assertGreater(len(found["passes"]), 5, "axe has looked at nothing")
        self.assertEqual(problems, [])


def example(name):
    """An extension of the repository's examples: its manifest and its program."""
    folder = Path(__file__).resolve().parents[2] / "Examples" / name
    return json.loads((folder / "lumio.config.json").read_text()), (folder / "main.js").read_text()


def row(page, name, platform):
    """The row of a bot on the Bot Control page."""
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True)).filter(
        has=page.get_by_role("cell", name=platform, exact=True))
