"""The Bot Control page: its main task, by mouse, by keyboard, and while others work."""

import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase, row


class BotControl(DashboardTestCase):
    def setUp(self):
        for name in ("aurora", "comet"):
            self.server.ask("PUT", f"/v1/admin/bot-control/acct_{name}/twitch", {"paused": False})

    def test_a_bot_is_paused_shows_its_four_states_and_is_undone(self):
        with self.visitor() as page:
            bot = row(page, "Aurora Plays", "Twitch")
            page.evaluate("""() => {
                const reach = document.querySelector('[data-bot="acct_aurora:twitch"] .reach');
                window.seen = [];
                new MutationObserver(() => window.seen.push(reach.textContent)).observe(reach, {childList: true});
            }""")
            bot.get_by_role("button", name="Pause Aurora Plays on Twitch", exact=True).click()
            expect(bot.get_by_text("Paused", exact=True)).to_be_visible()
            expect(bot.locator(".reach")).to_contain_text("Converged: all 1 on")
            seen = page.evaluate("window.seen")
            self.assertEqual(seen[0], "Requested…")
            self.assertTrue(any(line.startswith("Committed at") or line.startswith("Converged") for line in seen[1:]))
            status = self.server.status("acct_aurora", "twitch")
            self.assertEqual((status["status"], status["paused_by"]), ("paused", "ada"))
            page.get_by_role("button", name="Undo").click()
            expect(bot.get_by_text("Active", exact=True)).to_be_visible()
            self.assertEqual(self.server.status("acct_aurora", "twitch")["status"], "active")

    def test_an_undo_leaves_alone_what_somebody_else_has_decided_since(self):
        with self.visitor() as page:
            bot = row(page, "Aurora Plays", "Twitch")
            bot.get_by_role("button", name="Pause Aurora Plays on Twitch", exact=True).click()
            expect(bot.get_by_text("Paused", exact=True)).to_be_visible()
            self.server.ask("PUT", "/v1/admin/bot-control/acct_aurora/twitch", {"paused": False})
            self.server.ask("PUT", "/v1/admin/bot-control/acct_aurora/twitch", {"paused": True, "reason": "raid"})
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("alert")).to_contain_text("out of date")
            self.assertEqual(self.server.status("acct_aurora", "twitch")["paused_reason"], "raid")

    def test_a_pause_has_a_reason_and_an_end(self):
        with self.visitor() as page:
            bot = row(page, "Aurora Plays", "Twitch")
            bot.get_by_role("button", name="Pause Aurora Plays on Twitch with a reason").click()
            page.get_by_role("dialog").get_by_label("Reason").fill("spam <b>wave</b>")
            page.get_by_label("How long").select_option("1 hour")
            page.get_by_role("dialog").get_by_role("button", name="Pause").click()
            expect(bot).to_contain_text("spam <b>wave</b>, by ada; ends in 60 minutes")
            self.assertIsNotNone(self.server.status("acct_aurora", "twitch")["paused_until"])
            expect(page.get_by_text("Paused Aurora Plays on Twitch.")).to_be_visible()
            # Undone, a resumption gives back the reason and the end.
            bot.get_by_role("button", name="Resume Aurora Plays on Twitch").click()
            expect(page.get_by_text("Resumed Aurora Plays on Twitch.")).to_be_visible()
            page.get_by_role("button", name="Undo").last.click()
            expect(bot).to_contain_text("spam <b>wave</b>, by ada; ends in")

    def test_two_browsers_see_each_others_changes_and_rows_stay_where_they_are(self):
        with self.visitor() as here, self.visitor("/bot-control?status=active") as there:
            order = "[...document.querySelectorAll('tr[data-bot]')].map((row) => row.dataset.bot)"
            before = there.evaluate(order)
            row(here, "Comet Racing", "Twitch").get_by_role("button", name="Pause Comet Racing on Twitch", exact=True).click()
            theirs = row(there, "Comet Racing", "Twitch")
            expect(theirs.get_by_text("Paused", exact=True)).to_be_visible(timeout=2000)
            self.assertEqual(there.evaluate(order), before)
            theirs.get_by_role("button", name="Resume Comet Racing on Twitch").click()
            expect(row(here, "Comet Racing", "Twitch").get_by_text("Active", exact=True)).to_be_visible(timeout=2000)

    def test_everything_is_done_with_the_keyboard(self):
        with self.visitor() as page:
            expect(page.locator("#live-text")).to_contain_text("Live")
            page.keyboard.press("/")
            expect(page.get_by_label("Search")).to_be_focused()
            page.keyboard.type("comet")
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (5)")
            self.assertTrue(page.url.endswith("?search=comet"))
            page.keyboard.press("Escape")
            page.keyboard.press("j")
            page.keyboard.press("j")
            page.keyboard.press("k")
            expect(row(page, "Comet Racing", "Twitch")).to_be_focused()
            page.keyboard.press("p")
            expect(row(page, "Comet Racing", "Twitch").get_by_text("Paused", exact=True)).to_be_visible()
            expect(page.get_by_text("Paused Comet Racing on Twitch.")).to_be_visible()
            page.keyboard.press("p")
            expect(row(page, "Comet Racing", "Twitch").get_by_text("Active", exact=True)).to_be_visible()
            expect(page.get_by_text("Resumed Comet Racing on Twitch.")).to_be_visible()
            page.keyboard.press("P")
            expect(page.get_by_role("dialog")).to_be_visible()
            page.keyboard.type("by hand")
            page.keyboard.press("Enter")
            expect(row(page, "Comet Racing", "Twitch")).to_contain_text("by hand")
            page.keyboard.press("?")
            expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Pause or resume the row")
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)

    def test_the_filter_stands_in_the_address_and_comes_back_with_it(self):
        with self.visitor() as page:
            page.get_by_label("Platform").select_option("Trovo")
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (8)")
            page.get_by_label("Status").select_option("Active")
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (3)")
            expect(page.get_by_text("Halted by provider")).to_have_count(3)
            self.assertTrue(page.url.endswith("?platform=trovo&status=active"))
            page.go_back()
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (8)")
            expect(page.get_by_label("Status")).to_have_value("")
            page.get_by_label("Search").fill("nobody at all")
            expect(page.get_by_role("heading", name="No bot matches")).to_be_visible()

    def test_a_filter_that_is_quicker_than_the_script_counts(self):
        with self.visitor() as page:
            held = []
            page.route("**/bot-control.js", lambda route: held.append(route))
            page.goto("/bot-control?search=o", wait_until="commit")
            page.get_by_label("Platform").select_option("Trovo")
            expect(page.locator("#count")).to_have_text("Page 1 of 2 (30)")
            held.pop().continue_()
            expect(page).to_have_url(self.server.address + "/bot-control?search=o&platform=trovo")
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (6)")

    def test_many_bots_are_paused_after_a_preview(self):
        with self.visitor("/bot-control?platform=kick") as page:
            page.get_by_role("link", name="Pause or resume all of these…").click()
            page.get_by_label("Reason").fill("maintenance")
            page.get_by_role("button", name="Show which bots").click()
            expect(page.get_by_role("heading", name="Pause 3 bots?")).to_be_visible()
            expect(page.get_by_role("listitem").filter(has_text="Comet Racing")).to_be_visible()
            page.get_by_role("button", name="Pause 3 bots").click()
            expect(page.get_by_role("heading", name="Paused 3 of 3")).to_be_visible()
            expect(page.locator(".reach")).to_contain_text("Converged")
            self.assertEqual(self.server.status("acct_dune", "kick")["paused_reason"], "maintenance")

    def test_a_preview_that_is_out_of_date_switches_nothing(self):
        with self.visitor("/bot-control/bulk?platform=youtube") as page:
            page.get_by_role("button", name="Show which bots").click()
            self.server.ask("PUT", "/v1/admin/bot-control/acct_ember/youtube", {"paused": True})
            page.get_by_role("button", name="Pause 3 bots").click()
            expect(page.get_by_role("heading", name="It cannot be done as things are")).to_be_visible()
            self.assertEqual(self.server.status("acct_comet", "youtube")["status"], "active")

    def test_what_accounts_are_called_runs_nowhere(self):
        hostile = '<img src=x onerror=alert(1)>"\' \u0301 --><script>alert(2)</script>'
        self.server.account("acct_hostile", hostile, "twitch", "kick")
        self.server.ask("PUT", "/v1/admin/bot-control/acct_hostile/kick", {"paused": True, "reason": hostile})
        with self.visitor("/bot-control?search=acct_hostile") as page:
            bot = page.locator('[data-bot="acct_hostile:twitch"]')
            bot.locator("button[form]").click()
            expect(bot.get_by_text("Paused", exact=True)).to_be_visible()
            expect(page.get_by_role("link", name=hostile).first).to_be_visible()
            self.server.ask("PUT", "/v1/admin/bot-control/acct_hostile/twitch", {"paused": False})
            self.server.ask("PUT", "/v1/admin/bot-control/acct_hostile/twitch", {"paused": True, "reason": hostile})
            expect(bot).to_contain_text("<img src=x onerror=alert(1)>")
            self.assertEqual(page.locator("main img, main script").count(), 0)


class WithoutScripts(DashboardTestCase):
    def test_reads_and_pauses_work_by_forms(self):
        with self.visitor(java_script_enabled=False) as page:
            page.get_by_label("Platform").select_option("Twitch")
            page.get_by_role("button", name="Filter").click()
            expect(page.locator("#count")).to_have_text("Page 1 of 1 (8)")
            page.get_by_role("button", name="Pause Comet Racing on Twitch").click()
            expect(page.get_by_role("status").first).to_contain_text("Paused acct_comet on Twitch.")
            self.assertIn("platform=twitch", page.url)
            self.assertEqual(self.server.status("acct_comet", "twitch")["status"], "paused")
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status").first).to_contain_text("Resumed acct_comet on Twitch.")
            self.assertIn("platform=twitch", page.url)
            page.get_by_role("link", name="Dune Speedruns").first.click()
            page.get_by_label("Reason").fill("by form")
            page.get_by_label("How long").select_option("15 minutes")
            page.get_by_role("button", name="Pause Dune Speedruns on Twitch").click()
            self.assertEqual(self.server.status("acct_dune", "twitch")["paused_reason"], "by form")
            self.assertIsNotNone(self.server.status("acct_dune", "twitch")["paused_until"])


if __name__ == "__main__":
    unittest.main()
