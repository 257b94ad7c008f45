"""Providers, workers, the moderation log and audit."""

import json
import subprocess
import unittest

from playwright.sync_api import expect

from stage import PROGRAM, DashboardTestCase, Platforms, row


class Providers(DashboardTestCase):
    def card(self, page, name):
        return page.get_by_role("region", name=name)

    def test_the_kill_switch_asks_why_and_for_the_name_says_whom_it_hits_and_is_undone(self):
        with self.visitor("/providers") as page, self.visitor("/bot-control?platform=discord") as other:
            self.card(page, "Discord").get_by_role("link", name="Switch Platform of discord off").click()
            expect(page.get_by_text("3 bots are active on Discord.")).to_be_visible()
            page.get_by_label("Reason").fill("outage <i>there</i>")
            page.get_by_label("Type discord to confirm").fill("twitch")
            page.get_by_role("button", name="Switch Discord off").click()
            expect(page.get_by_text('Must be "discord"')).to_be_visible()
            expect(page.get_by_label("Type discord to confirm")).to_have_attribute("aria-invalid", "true")
            expect(page.get_by_label("Reason")).to_have_value("outage <i>there</i>")
            page.get_by_label("Type discord to confirm").fill("discord")
            page.get_by_role("button", name="Switch Discord off").click()
            expect(page.get_by_role("status").first).to_contain_text("Discord is off.")
            expect(page.get_by_role("status").first).to_contain_text("Converged")
            expect(self.card(page, "Discord")).to_contain_text("Halted")
            expect(self.card(page, "Discord")).to_contain_text("outage <i>there</i>")
            expect(self.card(page, "Discord").get_by_role("link", name="Switch Login of discord off")).to_have_count(0)
            expect(row(other, "Aurora Plays", "Discord").get_by_text("Halted by provider")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status").first).to_contain_text("Discord is on.")
            expect(row(other, "Aurora Plays", "Discord").get_by_text("Halted by provider")).to_have_count(0)

    def test_cards_follow_what_others_switch(self):
        with self.visitor("/providers") as page:
            expect(page.locator("#live-text")).to_contain_text("Live ·")
            self.server.ask("PATCH", "/v1/admin/providers/kick", {"login": False, "reason": "x", "ticket": "OPS-1"})
            expect(self.card(page, "Kick")).to_contain_text("(OPS-1)")
            self.server.ask("PATCH", "/v1/admin/providers/kick", {"login": True, "reason": "over"})
            expect(self.card(page, "Kick")).to_contain_text("over")

    def test_the_bot_identity_is_linked_and_unlinked(self):
        with self.visitor("/providers") as page:
            card = self.card(page, "YouTube")
            card.get_by_text("Who the bot is").click()
            card.get_by_label("User name").fill("lumio")
            card.get_by_label("User id on YouTube").fill("UC1")
            card.get_by_role("button", name="Save").click()
            expect(self.card(page, "YouTube")).to_contain_text("Connected as lumio")
            self.card(page, "YouTube").get_by_text("Who the bot is").click()
            page.get_by_role("button", name="Disconnect the bot of YouTube").click()
            expect(self.card(page, "YouTube")).to_contain_text("Not connected")

    def test_without_scripts(self):
        with self.visitor("/providers", java_script_enabled=False) as page:
            self.card(page, "Trovo").get_by_role("link", name="Switch Bot of trovo on").click()
            page.get_by_label("Reason").fill("over")
            page.get_by_role("button", name="Switch Bot of Trovo on").click()
            expect(page.get_by_role("status").first).to_contain_text("Bot of Trovo is on. Committed at")
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status").first).to_contain_text("Bot of Trovo is off.")


class Workers(DashboardTestCase):
    def test_say_how_far_they_have_come_and_who_is_missed(self):
        with self.visitor("/workers") as page:
            expect(page.get_by_text("1 of 1 worker on")).to_be_visible()
            expect(page.get_by_text("Converged")).to_be_visible()
            key = subprocess.run(
                [PROGRAM, "token", "--data", self.server.directory + "/data", "--subject", "w",
                 "--system-key"], check=True, capture_output=True, text=True).stdout.strip()
            epoch = self.server.ask("GET", "/v1/admin/workers")["data"][0]["epoch"]
            self.server.ask("POST", "/v1/internal/acknowledgements", {
                "worker": "away-1", "transport": "http", "epoch": epoch, "applied": "3-0", "digest": "0" * 64,
                "at": "2026-01-01T00:00:00Z"}, token=key)
            expect(page.get_by_text("1 of 2 workers on")).to_be_visible()
            away = page.get_by_role("row").filter(has_text="away-1")
            expect(away).to_contain_text("positions")
            expect(away.get_by_text("Lost")).to_be_visible(timeout=25_000)
            away.get_by_role("button", name="Do not miss away-1 any more").click()
            expect(page.get_by_text("away-1 is not missed any more.")).to_be_visible()
            expect(page.get_by_text("1 of 1 worker on")).to_be_visible()


class ModerationLog(DashboardTestCase):
    @classmethod
    def setUpClass(cls):
        cls.platforms = Platforms()
        cls.addClassCleanup(cls.platforms.close)
        cls.arguments = (*cls.arguments, *cls.platforms.arguments)
        super().setUpClass()

    def test_goes_on_by_itself_and_holds_still_under_the_pointer(self):
        with self.visitor("/moderation-log") as page:
            lines = page.locator("#log tbody tr")
            expect(lines.first).to_be_visible(timeout=60_000)
            lines.first.hover()
            first, count = lines.first.inner_text(), lines.count()
            expect(page.locator("#more")).to_be_visible(timeout=60_000)
            self.assertEqual(lines.count(), count)
            self.assertEqual(lines.first.inner_text().split("\t")[1:], first.split("\t")[1:])
            page.locator("#more").click()
            self.assertGreater(lines.count(), count)

    def test_is_filtered_and_says_when_nothing_matches(self):
        with self.visitor("/moderation-log?user=nobody-at-all") as page:
            expect(page.get_by_role("heading", name="No line matches")).to_be_visible()
            expect(page.get_by_label("User")).to_have_value("nobody-at-all")


class Audit(DashboardTestCase):
    def test_finds_an_event_and_says_who_why_and_what_it_changed(self):
        self.server.ask("PUT", "/v1/bot-modules/link_protection?account_id=acct_basil", {
            "enabled": True, "config": {"whitelist_domains": ["youtube.com", "twitch.tv"], "timeout_duration": 60}})
        self.server.ask("PUT", "/v1/bot-modules/link_protection?account_id=acct_basil", {
            "enabled": False, "config": {"whitelist_domains": ["twitch.tv", "kick.com"], "timeout_duration": 90}})
        with self.visitor("/audit") as page:
            page.get_by_label("About").select_option("Bot module")
            page.get_by_label("Account ID").fill("acct_basil")
            page.get_by_role("button", name="Filter").click()
            events = page.locator("#timeline li")
            expect(events).to_have_count(2)
            expect(events.first).to_contain_text("configured link_protection of acct_basil")
            events.first.get_by_role("link").first.click()
            diff = page.locator(".diff")
            expect(diff.get_by_role("row").filter(has_text="enabled")).to_contain_text("yes")
            removed = diff.get_by_role("row").filter(has_text="youtube.com")
            expect(removed.locator("del")).to_have_text("youtube.com")
            expect(diff.locator("ins").filter(has_text="kick.com")).to_be_visible()
            expect(diff.get_by_role("row").filter(has_text="timeout_duration")).to_contain_text("60")
            expect(page.get_by_text("another-program").first).to_be_visible()
            expect(page.get_by_role("listitem").filter(has_text="local")).to_be_visible()
            permalink = page.url
            page.get_by_role("link", name="Event before").click()
            expect(page.locator(".diff")).to_contain_text("not there")
            page.goto(permalink)
            page.get_by_text("As it is stored").click()
            stored = json.loads(page.locator("pre").inner_text())
            self.assertEqual(stored["type"], "bot_module.upserted")

    def test_hostile_reasons_stay_text(self):
        hostile = "</q><script>alert(1)</script>\"\u0301 onclick=alert(2)"
        self.server.ask("PUT", "/v1/admin/bot-control/acct_comet/kick", {"paused": True, "reason": hostile})
        for script in (True, False):
            with self.visitor("/audit", java_script_enabled=script) as page:
                expect(page.locator("q").first).to_have_text(hostile)
                self.assertEqual(page.locator("main script").count(), 0)

    def test_says_when_nothing_matches_and_what_is_wrong(self):
        with self.visitor("/audit?text=zzzzzz") as page:
            expect(page.get_by_role("heading", name="No event matches")).to_be_visible()
            page.goto("/audit?stream=nonsense")
            expect(page.get_by_text("must be a stream's name")).to_be_visible()
            page.goto("/audit/999999")
            expect(page.get_by_role("heading", name="Nothing is here")).to_be_visible()


if __name__ == "__main__":
    unittest.main()
