"""Coming in and going, and what becomes of a page that stands open meanwhile."""

import signal
import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase, row


class Sessions(DashboardTestCase):
    def test_the_printed_link_signs_in_once(self):
        link = self.server.link
        for attempt in (1, 2):
            context = self.chromium.new_context()
            page = context.new_page()
            page.goto(link)
            page.get_by_role("button", name="Sign in").click()
            if attempt == 1:
                expect(page.get_by_role("heading", name="Bot Control")).to_be_visible()
                expect(page.get_by_text("Demo Operator")).to_be_visible()
            else:
                expect(page.get_by_role("alert")).to_contain_text("used already")
            context.close()

    def test_signing_out_ends_it_and_goes_back_where_one_was(self):
        with self.visitor("/bot-control?platform=twitch") as page:
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_text("Signed out.")).to_be_visible()
            self.sign_in(page, "/bot-control?platform=kick")

    def test_the_navigation_shows_what_one_may(self):
        token = self.server.token("bot-control:read", subject="eve")
        context = self.chromium.new_context(base_url=self.server.address)
        page = context.new_page()
        page.goto("/bot-control")
        page.get_by_label("Token or API key").fill(token)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
        expect(page.get_by_role("navigation").get_by_role("link", name="Bot Control")).to_have_count(0)
        context.close()

    def test_a_token_that_expires_under_an_open_page_is_said(self):
        with self.visitor(token=self.server.token(admin=True, seconds=6), expects_errors=True) as page:
            expect(page.locator("#live-text")).to_contain_text("Live")
            expect(page.get_by_role("alert")).to_contain_text("Your session has ended", timeout=20_000)
            button = row(page, "Aurora Plays", "Twitch").get_by_role("button", name="Pause Aurora Plays on Twitch", exact=True)
            button.click()
            expect(page.get_by_role("alert").filter(has_text="nothing was done")).to_be_visible()
            self.assertEqual(self.server.status("acct_aurora", "twitch")["status"], "active")
            page.get_by_role("link", name="Sign in again").click()
            page.get_by_label("Token or API key").fill(self.server.token(admin=True))
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("heading", name="Bot Control")).to_be_visible()

    def test_a_revoked_token_ends_the_open_page(self):
        made = self.server.ask("POST", "/v1/admin/keys", {
            "kind": "user", "name": "short lived", "permissions": ["admin:access", "bot-control:read"]})
        with self.visitor(token=made["data"]["secret"], expects_errors=True) as page:
            expect(page.locator("#live-text")).to_contain_text("Live")
            self.server.ask("DELETE", f"/v1/admin/keys/{made['data']['id']}")
            expect(page.get_by_role("alert")).to_contain_text("Your session has ended", timeout=15_000)
            expect(page.locator("#live-text")).to_have_text("Signed out")

    def test_a_restarted_server_is_found_again_and_what_was_missed_is_shown(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(how), self.visitor(expects_errors=True) as page:
                expect(page.locator("#live-text")).to_contain_text("Live ·")
                self.server.stop(how)
                expect(page.locator("#live-text")).to_contain_text("Not live", timeout=15_000)
                bot = row(page, "Aurora Plays", "Discord")
                bot.get_by_role("button", name="Pause Aurora Plays on Discord", exact=True).click()
                expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
                expect(bot.locator(".reach")).to_have_text("Not done")
                self.server.start()
                self.server.ask("PUT", "/v1/admin/bot-control/acct_aurora/discord", {"paused": True, "reason": "away"})
                expect(page.locator("#live-text")).to_contain_text("Live ·", timeout=20_000)
                expect(bot).to_contain_text("away")
                self.server.ask("PUT", "/v1/admin/bot-control/acct_aurora/discord", {"paused": False})
                expect(bot.get_by_text("Active", exact=True)).to_be_visible(timeout=3000)

    def test_the_badge_turns_stale_when_the_stream_stops(self):
        with self.visitor(expects_errors=True) as page:
            expect(page.locator("#live-text")).to_contain_text("Live ·")
            self.server.process.send_signal(signal.SIGSTOP)
            try:
                expect(page.locator("#live")).to_have_attribute("data-state", "stale", timeout=10_000)
            finally:
                self.server.process.send_signal(signal.SIGCONT)
            expect(page.locator("#live")).to_have_attribute("data-state", "on")


class Speed(DashboardTestCase):
    def test_the_first_page_is_small_and_ready_soon(self):
        with self.visitor("/bot-control") as page:
            milliseconds = []
            for _ in range(5):
                page.goto("/bot-control?platform=twitch")
                milliseconds.append(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
            bytes_count = page.evaluate("""() => [...performance.getEntriesByType('resource'),
                ...performance.getEntriesByType('navigation')].reduce((sum, one) => sum + one.decodedBodySize, 0)""")
            print(f"\ninteractive after {sorted(milliseconds)[2]:.0f} ms, {bytes_count} bytes with all assets")
            self.assertLess(bytes_count, 50 * 1024)
            self.assertLess(sorted(milliseconds)[2], 200)


if __name__ == "__main__":
    unittest.main()
