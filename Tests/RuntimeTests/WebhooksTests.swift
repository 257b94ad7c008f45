import Domain
import Runtime
import Testing

@Suite("Kept webhooks")
struct WebhooksTests {
    private let directory = try! TestDirectory()

    private func webhook(_ id: String = "w1") -> Webhook {
        Webhook(
            id: id, address: "https://example.com/", name: "N", account: .test(1),
            types: ["bot.paused", "bot.resumed"],
            createdAt: directory.now, createdBy: "ada", epoch: "e", secrets: WebhookSecrets(current: [1, 2, 3]),
            progress: Webhook.Progress(position: 7))
    }

    @Test func `are the same after a restart, with what was parked`() throws {
        let store = try directory.open()
        try store.addWebhook(webhook())
        var progress = Webhook.Progress(position: 9)
        (progress.attempts, progress.problem, progress.failingSince) = (2, "it answers 500", directory.now)
        let parked = ParkedDelivery(position: 8, attempts: 6, problem: "it answers 422", parkedAt: directory.now)
        store.record(progress, of: "w1", parking: parked)
        _ = try store.changeWebhook("w1") { $0.secrets = $0.secrets.rotated(to: [4], at: directory.now) }
        let again = try directory.reopen(store)
        #expect(again.webhooks == store.webhooks && again.webhook("w1")?.progress == progress)
        #expect(again.parked("w1") == [parked])
        #expect(again.webhook("w1")?.secrets.valid(at: directory.now) == [[4], [1, 2, 3]])
        directory.advance(seconds: 86_401)
        #expect(again.webhook("w1")?.secrets.valid(at: directory.now) == [[4]])
    }

    @Test func `that are removed stay removed, whatever was on its way`() throws {
        let store = try directory.open()
        try store.addWebhook(webhook())
        store.record(Webhook.Progress(position: 9), of: "w1")
        #expect(try store.removeWebhook("w1"))
        store.record(Webhook.Progress(position: 10), of: "w1")
        store.persist()
        #expect(try !store.removeWebhook("w1"))
        #expect(try directory.reopen(store).webhooks == [])
    }

    @Test func `stay disabled when an answer comes late, and begin anew when they are replayed`() throws {
        let store = try directory.open()
        try store.addWebhook(webhook())
        _ = try store.changeWebhook("w1") { $0.progress.state = .disabled }
        store.record(Webhook.Progress(position: 8), of: "w1")
        #expect(store.webhook("w1")?.progress.state == .disabled && store.webhook("w1")?.progress.position == 8)
        for position in [3, 4] {
            let parked = ParkedDelivery(position: position, attempts: 6, problem: "p", parkedAt: directory.now)
            store.record(Webhook.Progress(position: 8), of: "w1", parking: parked)
        }
        #expect(try store.replayWebhook("w1", [4, 5]) == 1)
        #expect(store.parked("w1").map(\.isQueued) == [false, true])
        #expect(store.webhook("w1")?.progress.state == .active)
        #expect(try store.replayWebhook("w2", nil) == nil)
        store.unpark(4, of: "w1", failing: nil)
        #expect(try directory.reopen(store).parked("w1").map(\.position) == [3])
    }

    @Test func `are as many as there may be, and never show their secrets`() throws {
        var limits = RuntimeStore.Limits()
        limits.webhooksMax = 1
        let store = try directory.open(limits)
        try store.addWebhook(webhook())
        #expect(throws: RuntimeStoreError.tooManyWebhooks(1)) { try store.addWebhook(webhook("w2")) }
        var dumped = ""
        dump(store.webhooks, to: &dumped)
        #expect(!dumped.contains("current") && "\(WebhookSecrets(current: [1, 2]))" == "the secrets of a webhook")
    }
}
