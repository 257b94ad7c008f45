import Crypto
import Domain
import Foundation
import Runtime
import Server
import Testing

@Suite("A webhook's message")
struct WebhookSignatureTests {
    /// As a receiver checks it, by the words of the specification.
    static func holds(_ body: [UInt8], _ headers: [String: String], _ secret: String) -> Bool {
        guard secret.hasPrefix("whsec_"), let key = Data(base64Encoded: String(secret.dropFirst(6))),
            let id = headers["webhook-id"], let seconds = headers["webhook-timestamp"]
        else { return false }
        let signed = Data("\(id).\(seconds).".utf8) + Data(body)
        let code = Data(HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: key)))
        let wanted = "v1," + code.base64EncodedString()
        return headers["webhook-signature"]?.split(separator: " ").contains { $0 == wanted } == true
    }

    @Test func `is signed as the specification's example is`() throws {
        let secret = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let message = WebhookMessage(id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: Array(#"{"test": 2432232314}"#.utf8))
        let headers = message.headers(
            signedWith: [Array(secret)], at: Timestamp(microseconds: 1_614_265_330_000_000))
        let fields = Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
        #expect(fields["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(fields["webhook-timestamp"] == "1614265330")
    }

    private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

    private func step(
        _ answer: DeliveryAnswer, _ progress: Webhook.Progress, spread: Double = 1, parked: Int = 0
    ) -> (step: DeliverySchedule.Step, progress: Webhook.Progress) {
        DeliverySchedule.step(
            after: answer, at: 5, progress, parkedCount: parked, spread: spread, now: Self.now)
    }

    @Test func `is tried again after pauses that double, up to an hour, and are spread`() {
        var progress = Webhook.Progress(position: 4)
        var pauses: [Double] = []
        for _ in 0..<14 {
            let next = step(.status(500), progress)
            #expect(next.step == .again)
            pauses.append(next.progress.nextAttemptAt?.seconds(since: Self.now) ?? 0)
            let early = step(.status(500), progress, spread: 0).progress.nextAttemptAt
            #expect(early?.seconds(since: Self.now) == pauses.last.map { $0 / 2 })
            progress = next.progress
        }
        #expect(pauses.prefix(6) == [1, 2, 4, 8, 16, 32] && pauses.last == 3600)
        let asked = step(.status(429, retryAfterSeconds: 1e9), Webhook.Progress(position: 4)).progress
        #expect(asked.nextAttemptAt?.seconds(since: Self.now) == 3600)
    }

    @Test func `is parked when it is refused, and its webhook when all are`() {
        for status in [301, 400, 401, 404, 422] {
            var progress = Webhook.Progress(position: 4)
            progress.attempts = DeliverySchedule.refusalsMax - 1
            let parked = step(.status(status), progress)
            #expect(parked.step == .parkEvent("it answers \(status)"))
            #expect(parked.progress.position == 5 && parked.progress.attempts == 0)
            #expect(parked.progress.state == .active)
            #expect(step(.status(status), progress, parked: DeliverySchedule.parkedMax).step == .parkWebhook)
            progress.parkedInRow = DeliverySchedule.parkedInRowMax - 1
            #expect(step(.status(status), progress).step == .parkWebhook)
        }
        var progress = Webhook.Progress(position: 4)
        for answer in [DeliveryAnswer.status(410), .forbidden("not public")] {
            #expect(step(answer, progress).step == .parkWebhook)
        }
        progress.failingSince = Self.now.adding(seconds: -DeliverySchedule.failingSecondsMax)
        let late = step(.unreachable("nobody"), progress)
        #expect(late.step == .parkWebhook && late.progress.state == .parked && late.progress.position == 4)
        for status in [408, 425, 429, 500, 503] {
            var progress = Webhook.Progress(position: 4)
            progress.attempts = 100
            #expect(step(.status(status), progress).step == .again)
        }
    }

    @Test func `that was told ends all trouble`() {
        var progress = Webhook.Progress(position: 4)
        (progress.attempts, progress.parkedInRow, progress.problem) = (3, 2, "x")
        let told = step(.status(202), progress)
        var expected = Webhook.Progress(position: 5)
        expected.deliveredAt = Self.now
        #expect(told.step == .next && told.progress == expected)
    }
}
