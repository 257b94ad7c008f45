"""The audit page: undo, and files for other programs."""

import json
import unittest

from playwright.sync_api import expect

from stage import DashboardTestCase


class Audit(DashboardTestCase):
    def position(self, page, words):
        """Of the newest event whose line says so."""
        page.goto("/audit")
        line = page.get_by_role("listitem").filter(has_text=words).first
        return line.get_by_role("link").first.inner_text()

    def test_an_event_is_reverted_once(self):
        with self.visitor("/audit") as page:
            paused = self.position(page, "paused the bot of acct_aurora on youtube")
            page.goto(f"/audit/{paused}")
            page.get_by_text("Revert it…").click()
            page.get_by_label("Reason").fill("paused by mistake")
            page.get_by_role("button", name="Bring back what was before").click()
            expect(page.get_by_role("status").first).to_contain_text(f"Event {paused} is reverted.")
            expect(page.get_by_text("What it changed is as it was before.")).to_be_visible()
            expect(page.get_by_text("Revert it…")).to_have_count(0)
            page.goto("/audit")
            newest = page.get_by_role("listitem").filter(has_text="resumed the bot of acct_aurora on youtube").first
            expect(newest).to_contain_text("paused by mistake")

    def test_an_event_without_an_inverse_says_why(self):
        with self.visitor("/audit/1") as page:
            expect(page.get_by_text("is not reverted:")).to_be_visible()
            expect(page.get_by_text("Revert it…")).to_have_count(0)

    def test_a_filter_is_kept_as_a_file(self):
        with self.visitor("/audit?category=provider") as page:
            with page.expect_download() as kept:
                page.get_by_role("link", name="NDJSON").click()
            lines = kept.value.path().read_text().splitlines()
            self.assertEqual(kept.value.suggested_filename, "events.ndjson")
            self.assertTrue(lines)
            for line in lines:
                self.assertTrue(json.loads(line)["stream"].startswith("provider-"))
            with page.expect_download() as kept:
                page.get_by_role("link", name="CSV").click()
            rows = kept.value.path().read_text().splitlines()
            self.assertEqual(len(rows), len(lines) + 1)
            self.assertTrue(rows[0].startswith("position,recorded_at,stream"))


if __name__ == "__main__":
    unittest.main()
