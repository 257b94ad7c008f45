"""Bot modules: forms, a try on chat, what went before, and what is installed."""

import json
import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase, example


class BuiltIns(DashboardTestCase):
    def module(self, name, account="acct_aurora"):
        return self.server.ask("GET", f"/v1/bot-modules/{name}?account_id={account}")["data"]

    def test_an_owner_sees_the_own_modules_and_switches_one_with_undo(self):
        token = self.server.token("bot-modules:read", "bot-modules:edit", account="acct_aurora", subject="owner")
        with self.visitor("/bot-modules", token=token) as page:
            expect(page.get_by_role("heading", name="Bot Modules of acct_aurora")).to_be_visible()
            expect(page.get_by_label("Account ID")).to_have_count(0)
            page.get_by_role("button", name="Switch Word filter off").click()
            expect(page.get_by_role("status").first).to_contain_text("Word filter is off.")
            self.assertFalse(self.module("word_filter")["enabled"])
            self.assertEqual(self.module("word_filter")["config"]["blocked_words"], ["badword1", "badword2"])
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status").first).to_contain_text("Word filter is on.")

    def test_a_module_is_configured_by_its_form_with_errors_at_the_fields(self):
        with self.visitor("/bot-modules?account_id=acct_basil") as page:
            page.get_by_role("link", name="Configure Word filter").click()
            page.get_by_label("Blocked words").fill("spam*\nfree skins\n")
            page.get_by_label("Blocked patterns").fill("fine\n(unclosed")
            page.get_by_label("Timeout duration").fill("0")
            page.get_by_role("checkbox", name="Moderators").check()
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("alert")).to_contain_text("see what is wrong at the fields")
            expect(page.get_by_text("Entry 2")).to_be_visible()
            expect(page.get_by_label("Blocked patterns")).to_have_attribute("aria-invalid", "true")
            expect(page.get_by_label("Timeout duration")).to_have_attribute("aria-invalid", "true")
            expect(page.get_by_label("Blocked words")).to_have_value("spam*\nfree skins")
            self.assert_accessible(page, "a form with errors")
            page.get_by_label("Blocked patterns").fill("fine")
            page.get_by_label("Timeout duration").fill("90")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text("Saved.")
            module = self.module("word_filter", "acct_basil")
            self.assertEqual(module["config"], {
                "blocked_words": ["spam*", "free skins"], "blocked_patterns": ["fine"], "timeout_duration": 90})
            self.assertEqual(module["exempt_roles"], {"moderators": True, "vips": False, "subscribers": False})

    def test_settings_are_tried_on_chat_before_they_are_saved(self):
        before = self.module("word_filter")
        with self.visitor("/bot-modules/word_filter?account_id=acct_aurora") as page:
            page.get_by_label("Blocked words").fill("giveaway")
            page.get_by_text("Try it on chat first").click()
            page.get_by_label("Chat").fill("ann: join my giveaway\nbob: hello\neve: b4dw0rd1 <b>here</b>\n")
            page.get_by_role("button", name="Try it").click()
            result = page.get_by_role("status").filter(has_text="3 messages")
            expect(result).to_contain_text("would have hit 1, the stored ones 1; 2 would be treated otherwise")
            expect(page.get_by_role("row").filter(has_text="join my giveaway")).to_contain_text("stays")
            expect(page.get_by_role("cell", name="b4dw0rd1 <b>here</b>")).to_be_visible()
            expect(page.get_by_label("Blocked words")).to_have_value("giveaway")
            self.assertEqual(self.module("word_filter"), before, "nothing is stored by a try")

    def test_timed_messages_have_rows_and_the_json_says_the_same(self):
        with self.visitor("/bot-modules/timed_messages?account_id=acct_basil") as page:
            page.get_by_label("Text").nth(0).fill("Follow us")
            page.get_by_label("Interval minutes").nth(0).fill("15")
            page.get_by_label("Text").nth(1).fill("Drink water")
            page.get_by_label("Interval minutes").nth(1).fill("0")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_label("Interval minutes").nth(1)).to_have_attribute("aria-invalid", "true")
            page.get_by_label("Interval minutes").nth(1).fill("30")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text("Saved.")
            messages = self.module("timed_messages", "acct_basil")["config"]["messages"]
            self.assertEqual(messages, [{"text": "Follow us", "interval_minutes": 15},
                                        {"text": "Drink water", "interval_minutes": 30}])
            page.get_by_text("As JSON").click()
            settings = json.loads(page.get_by_label("Settings").input_value())
            settings["min_chat_lines_between"] = 7
            page.get_by_label("Settings").fill(json.dumps(settings))
            page.get_by_role("button", name="Save the JSON").click()
            expect(page.get_by_label("Min chat lines between")).to_have_value("7")
            page.get_by_text("As JSON").click()
            page.get_by_label("Settings").fill("{nonsense")
            page.get_by_role("button", name="Save the JSON").click()
            expect(page.get_by_role("alert")).to_contain_text("The settings are not JSON")

    def test_history_is_shown_and_gone_back_to(self):
        for word in ("first", "second"):
            self.server.ask("PUT", "/v1/bot-modules/word_filter?account_id=acct_fjord",
                            {"enabled": True, "config": {"blocked_words": [word]}})
        with self.visitor("/bot-modules/word_filter?account_id=acct_fjord") as page:
            expect(page.locator("del")).to_have_text("first")
            expect(page.locator("ins").first).to_have_text("second")
            page.get_by_role("button", name="Back to how it was at").click()
            expect(page.get_by_role("status").first).to_contain_text("again.")
            expect(page.get_by_label("Blocked words")).to_have_value("first")

    def test_somebody_else_was_quicker_and_nothing_that_was_typed_is_lost(self):
        with self.visitor("/bot-modules/spam_protection?account_id=acct_basil") as page:
            page.get_by_label("Max repeated messages").fill("7")
            self.server.ask("PUT", "/v1/bot-modules/spam_protection?account_id=acct_basil",
                            {"enabled": True, "config": {"max_repeated_messages": 2}})
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("alert")).to_contain_text("out of date")
            expect(page.get_by_label("Max repeated messages")).to_have_value("7")

    def test_without_scripts_and_for_a_plan_without_modules(self):
        with self.visitor("/bot-modules?account_id=acct_dune", java_script_enabled=False) as page:
            expect(page.get_by_text("Bot modules need the Pro plan.")).to_be_visible()
            page.get_by_role("link", name="Configure Link protection").click()
            page.get_by_label("Whitelist domains").fill("youtube.com")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_text("bot modules need the Pro plan")).to_be_visible()
            page.goto("/bot-modules/link_protection?account_id=acct_basil")
            page.get_by_label("Whitelist domains").fill("youtube.com\nkick.com")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_role("status").first).to_contain_text("Saved.")
            self.assertEqual(self.module("link_protection", "acct_basil")["config"],
                             {"whitelist_domains": ["youtube.com", "kick.com"]})


class Extensions(DashboardTestCase):
    def test_from_an_authors_submission_to_an_owners_kill(self):
        manifest, program = example("giveaway")
        author = self.server.token("extensions:read", "extensions:submit", account="acct_harbor", subject="author")
        owner = self.server.token("extensions:read", "bot-modules:read", "bot-modules:edit", account="acct_comet",
                                  subject="owner")
        reviewer = self.server.token("extensions:read", "extensions:review", "extensions:suspend", subject="judge")
        with self.visitor("/submissions", token=author) as page:
            page.get_by_role("textbox", name="Manifest (").fill("{}")
            page.get_by_role("textbox", name="Program (").fill("x")
            page.get_by_role("button", name="Submit for review").click()
            expect(page.get_by_role("alert")).to_contain_text("extensionId")
            page.get_by_role("textbox", name="Manifest (").fill(json.dumps(manifest))
            page.get_by_role("textbox", name="Program (").fill(program)
            page.get_by_role("button", name="Submit for review").click()
            expect(page.get_by_role("status").first).to_contain_text("It is submitted.")
        version = manifest["version"]
        with self.visitor("/reviews", token=reviewer) as page:
            page.get_by_role("link", name=manifest["name"]).click()
            page.get_by_role("link", name=f"Files of {version}").click()
            expect(page.get_by_role("heading", name="main.js")).to_be_visible()
            self.assert_accessible(page, "the files")
            page.go_back()
            page.get_by_label(f"Decision on {version}").select_option("Approved")
            page.get_by_label(f"Note on {version}").fill("fine <script>")
            page.get_by_role("button", name="Record the review").click()
            page.get_by_role("button", name=f"Publish {version}").click()
            expect(page.get_by_role("status").first).to_contain_text("It is offered now.")
            self.assert_accessible(page, "an extension, for its reviewer")
        with self.visitor("/extensions", token=owner) as page:
            page.get_by_role("link", name=manifest["name"]).click()
            page.get_by_role("button", name="Agree and install").click()
            expect(page.get_by_role("alert")).to_contain_text("onsent")
            for box in page.get_by_role("group", name="What it asks for").get_by_role("checkbox").all():
                box.check()
            self.assert_accessible(page, "installing")
            page.get_by_role("button", name="Agree and install").click()
            expect(page.get_by_role("status").first).to_contain_text("is installed.")
            self.assert_accessible(page, "an install")
            self.configure(page, manifest)
            page.get_by_text("Kill switch").click()
            page.get_by_label("Reason").fill("it floods the chat")
            page.get_by_role("button", name="Stop it at once").click()
            expect(page.get_by_role("status").first).to_contain_text("is stopped. Its settings are kept.")
            expect(page.get_by_text("it floods the chat")).to_be_visible()
            page.get_by_role("button", name="Undo").click()
            expect(page.get_by_role("status").first).to_contain_text("is on.")
            page.goto("/bot-modules")
            expect(page.get_by_role("region", name=manifest["name"])).to_contain_text("On")
            self.assert_accessible(page, "modules with an install")
        with self.visitor(f"/extensions/{manifest['extensionId']}", token=reviewer) as page:
            page.get_by_text("Suspend", exact=True).click()
            page.get_by_label("Reason").fill("it lies")
            page.get_by_role("button", name="Suspend it").click()
            expect(page.get_by_role("status").first).to_contain_text("Every install is stopped.")
            expect(page.get_by_text("Suspended: it lies")).to_be_visible()

    def configure(self, page, manifest):
        trigger = next(one for one in manifest["triggers"] if one["type"] == "command")
        field = page.locator(f"[name='overrides.{trigger['id']}.command']")
        field.fill("with space")
        page.get_by_role("button", name="Save the triggers").click()
        expect(page.get_by_role("alert")).to_be_visible()
        field.fill("renamed")
        page.get_by_role("button", name="Save the triggers").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved.")
        expect(page.locator(f"[name='overrides.{trigger['id']}.command']")).to_have_value("renamed")
        page.get_by_label("VIPs").check()
        page.get_by_role("button", name="Save the roles").click()
        expect(page.get_by_role("status").first).to_contain_text("Saved.")
        expect(page.get_by_label("VIPs")).to_be_checked()

    def test_what_nobody_has_brought_and_what_nobody_finds(self):
        with self.visitor("/extensions?search=zzzz") as page:
            expect(page.get_by_role("heading", name="No extension matches")).to_be_visible()
            page.goto("/reviews?state=rejected")
            expect(page.get_by_role("heading", name="Nothing waits here")).to_be_visible()
            page.goto("/extensions/00000000-0000-4000-8000-000000000000")
            expect(page.get_by_role("heading", name="Nothing is here")).to_be_visible()


if __name__ == "__main__":
    unittest.main()
