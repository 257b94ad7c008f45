"""axe-core on every page, light and dark, wide and narrow; and no page is wider than its window."""

import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase

PAGES = ["/bot-control", "/bot-control?search=nobody", "/bot-control?page=99", "/bot-control/acct_aurora/twitch",
         "/bot-control/acct_basil/twitch", "/bot-control/acct_grove/kick", "/bot-control/bulk?platform=twitch",
         "/bot-control?platform=myspace", "/nowhere", "/providers", "/providers/twitch/platform", "/providers/trovo/bot",
         "/workers", "/moderation-log", "/moderation-log?user=nobody", "/audit", "/audit?text=zzzz", "/audit/25",
         "/audit/31", "/audit/25/proof", "/audit/board", "/audit/board?position=12", "/audit/board?position=0",
         "/audit/diff?from=0", "/audit/diff?from=24&to=25", "/bot-modules", "/bot-modules?account_id=acct_aurora",
         *(f"/bot-modules/{name}?account_id=acct_aurora"
           for name in ("link_protection", "spam_protection", "word_filter", "timed_messages")),
         "/discord-guilds", "/discord-guilds?search=nothing", "/global-commands", "/global-commands/edit",
         "/bot-commands", "/bot-commands?account_id=acct_aurora", "/bot-commands/edit?account_id=acct_aurora",
         "/extensions", "/reviews", "/submissions"]


class Accessibility(DashboardTestCase):
    def test_every_page_in_light_and_dark_wide_and_narrow(self):
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                with self.visitor(color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
                    for path in PAGES:
                        with self.subTest(page=path, scheme=scheme, width=width):
                            page.goto(path)
                            self.assert_accessible(page, f"{path} {scheme} {width}")
                            wide = page.evaluate("document.documentElement.scrollWidth")
                            self.assertLessEqual(wide, width, f"{path} is {wide} pixels wide")

    def test_what_scripts_add(self):
        for scheme in ("light", "dark"):
            with self.visitor(color_scheme=scheme) as page:
                expect(page.locator("#live-text")).to_contain_text("Live")
                page.keyboard.press("?")
                self.assert_accessible(page, "the keys")
                page.keyboard.press("Escape")
                page.get_by_role("button", name="Pause Comet Racing on Kick", exact=True).click()
                expect(page.get_by_role("button", name="Undo")).to_be_visible()
                self.assert_accessible(page, "after a pause")
                page.get_by_role("button", name="Undo").click()
                expect(page.get_by_role("button", name="Pause Comet Racing on Kick", exact=True)).to_be_visible()
                page.get_by_role("button", name="Pause Comet Racing on Twitch with a reason").click()
                self.assert_accessible(page, "the dialog")

    def test_what_is_under_way_and_what_no_longer_matches(self):
        for scheme in ("light", "dark"):
            with self.visitor("/bot-control?status=active", color_scheme=scheme) as page:
                expect(page.locator("#live-text")).to_contain_text("Live")
                held = []
                page.route("**/bot-control/acct_comet/kick", lambda route: held.append(route))
                button = page.get_by_role("button", name="Pause Comet Racing on Kick", exact=True)
                button.click()
                expect(button).to_have_attribute("aria-busy", "true")
                self.assert_accessible(page, "a pause under way")
                held.pop().continue_()
                page.unroute_all()
                expect(page.locator("tr.gone")).to_have_count(1)
                self.assert_accessible(page, "a row that no longer matches")
                page.get_by_role("button", name="Undo").click()
                expect(page.locator("tr.gone")).to_have_count(0)

    def test_the_sign_in_page(self):
        for scheme in ("light", "dark"):
            context = self.chromium.new_context(base_url=self.server.address, color_scheme=scheme)
            page = context.new_page()
            page.goto("/sign-in?ended=1")
            self.assert_accessible(page, "sign in")
            page.get_by_label("Token or API key").fill("nonsense")
            page.get_by_role("button", name="Sign in").click()
            self.assert_accessible(page, "sign in, refused")
            context.close()


if __name__ == "__main__":
    unittest.main()
