"""Commands of the chat, and Discord guilds."""

import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase


class Commands(DashboardTestCase):
    def row(self, page, name):
        return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=f"!{name}"))

    def test_a_global_command_is_defined_replaced_by_an_account_and_deleted(self):
        with self.visitor("/global-commands") as page:
            page.get_by_role("link", name="New command").click()
            page.get_by_label("Name").fill("dice")
            page.get_by_label("Response type").select_option("template")
            page.get_by_label("Response", exact=True).fill("{usr} rolls")
            page.get_by_label("Minimum role").select_option("vip")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("did you mean {user}?")).to_be_visible()
            page.get_by_label("Response", exact=True).fill("{user} rolls {random:1,2,3}")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("status").first).to_contain_text("!dice is saved.")
            expect(self.row(page, "dice")).to_contain_text("Vip")
            page.goto("/bot-commands?account_id=acct_aurora")
            expect(self.row(page, "dice")).to_contain_text("Global")
            page.get_by_role("link", name="Replace !dice").click()
            page.get_by_label("Minimum role").select_option("everyone")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_text("Must be vip or higher")).to_be_visible()
            page.get_by_label("Minimum role").select_option("moderator")
            page.get_by_role("button", name="Save").click()
            expect(self.row(page, "dice")).to_contain_text("Moderator")
            page.get_by_role("button", name="Delete !dice").click()
            expect(self.row(page, "dice")).to_contain_text("Global")
            page.goto("/global-commands")
            page.get_by_role("button", name="Delete !dice").click()
            expect(page.get_by_role("status").first).to_contain_text("!dice is deleted.")

    def test_the_list_follows_what_others_define(self):
        with self.visitor("/global-commands") as page:
            expect(page.locator("#live-text")).to_contain_text("Live ·")
            self.server.ask("PUT", "/v1/admin/bot-commands/live", {"response": "hello"})
            expect(self.row(page, "live")).to_contain_text("hello")
            self.server.ask("DELETE", "/v1/admin/bot-commands/live")
            expect(self.row(page, "live")).to_have_count(0)


class Guilds(DashboardTestCase):
    def test_a_guild_is_mapped_by_the_form_and_its_mapping_deleted(self):
        for scripts in (True, False):
            with self.visitor("/discord-guilds", java_script_enabled=scripts) as page:
                page.get_by_text("Map a guild").click()
                page.get_by_label("Guild ID").fill("lounge")
                page.get_by_label("Guild", exact=True).fill("Lounge <b>")
                page.get_by_label("Account ID").fill("acct_aurora")
                page.get_by_role("button", name="Map it").click()
                expect(page.get_by_text("1 to 20 digits")).to_be_visible()
                page.get_by_label("Guild ID").fill("1018243487658016768")
                page.get_by_role("button", name="Map it").click()
                expect(page.get_by_role("status").first).to_contain_text("Lounge <b> belongs to acct_aurora.")
                expect(page.get_by_role("row").nth(1)).to_contain_text("Aurora Plays")
                page.get_by_label("Delete the mapping of Lounge <b>", exact=True).click()
                page.get_by_role("button", name="Really delete the mapping of Lounge <b>").click()
                expect(page.get_by_role("status").first).to_contain_text("belongs to nobody now")


if __name__ == "__main__":
    unittest.main()
