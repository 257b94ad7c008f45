import Domain
import Foundation
import Redis
import RedisStage
import TestTools
import Testing

@testable import Worker

/// One thing that can be switched off and on, how it is done over the API, and how a worker knows.
private struct Switch: CustomTestStringConvertible, Sendable {
    typealias Request = (method: String, path: String, body: String?)

    let testDescription: String
    let off: Request, on: Request
    let isOn: @Sendable (ActiveSet) -> Bool

    private static let provider = "/v1/admin/providers/twitch"
    private static let account = "/v1/admin/accounts/acct_aurora"
    private static let module = "/v1/bot-modules/word_filter?account_id=acct_aurora"
    private static let aurora = AccountID(stored: "acct_aurora")

    private static func acts(_ set: ActiveSet) -> Bool { set.mayAct(aurora, on: .twitch) }

    private static func filters(_ set: ActiveSet) -> Bool {
        set.enabledModules(of: aurora).contains { $0.module == .wordFilter }
    }

    private static func flag(_ name: String, _ isOn: @escaping @Sendable (ActiveSet) -> Bool) -> Switch {
        Switch(
            testDescription: "the provider's \(name)",
            off: ("PATCH", provider, #"{"\#(name)": false, "reason": "a drill", "confirm": "twitch"}"#),
            on: ("PATCH", provider, #"{"\#(name)": true, "reason": "a drill"}"#), isOn: isOn)
    }

    static let all: [Switch] = [
        flag("enabled", acts),
        flag("login") { $0.provider(.twitch)?.isOn(.login) ?? true },
        flag("channel") { $0.provider(.twitch)?.isOn(.channel) ?? true },
        flag("bot", acts),
        Switch(
            testDescription: "a bot's pause",
            off: ("PUT", "/v1/admin/bot-control/acct_aurora/twitch", #"{"paused": true}"#),
            on: ("PUT", "/v1/admin/bot-control/acct_aurora/twitch", #"{"paused": false}"#), isOn: acts),
        Switch(
            testDescription: "a bot's connection", off: ("DELETE", account + "/bots/twitch", nil),
            on: ("PUT", account + "/bots/twitch", #"{"channel_id": "1", "channel_name": "Aurora"}"#), isOn: acts),
        Switch(
            testDescription: "a module", off: ("PUT", module, #"{"enabled": false}"#),
            on: ("PUT", module, #"{"enabled": true}"#), isOn: filters),
        Switch(
            testDescription: "a module's configuration", off: ("DELETE", module, nil),
            on: ("PUT", module, #"{"enabled": true}"#), isOn: filters),
        Switch(
            testDescription: "an account's plan", off: ("PATCH", account, #"{"plan": "free"}"#),
            on: ("PATCH", account, #"{"plan": "pro"}"#), isOn: { acts($0) && filters($0) }),
        Switch(
            testDescription: "an account's own limit", off: ("PATCH", account, #"{"custom_bot_allowed": false}"#),
            on: ("PATCH", account, #"{"custom_bot_allowed": null}"#), isOn: { acts($0) && filters($0) }),
    ]
}

/// A switch that was never used is one that does not work on the day.
@Suite("Every switch that there is", .serialized, .timeLimit(.minutes(2)))
struct SwitchTests {
    private let folder = TemporaryFolder()

    @Test func `is obeyed by workers over Redis and over HTTP, off and on and off and on`() async throws {
        let redis = try RedisServer()
        let server = try await ServerProcess(
            data: folder.path, arguments: ["--demo", "--redis", "redis://127.0.0.1:\(redis.port)"])
        let token = try Program.run(["token", "--data", folder.path, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let workers = [
            try AuditedWorker(name: "r", source: RedisFeed(redis.url)),
            try AuditedWorker(name: "h", source: HTTPFeed(server: server.address, token: token)),
        ]
        for one in Switch.all {
            await expect(one, isOn: true, by: workers, "before")
            for round in 1...2 {
                for (request, isOn) in [(one.off, false), (one.on, true)] {
                    let answer = try await server.send(request.method, request.path, request.body)
                    #expect((200..<300).contains(answer.status), "\(one.testDescription): \(answer.json.text)")
                    await expect(one, isOn: isOn, by: workers, "round \(round)")
                }
            }
        }
        let digest = try await server.digest
        for worker in workers {
            #expect(worker.digest == digest && worker.findings.faults == [])
            await worker.stop()
        }
        server.end(with: SIGTERM)
        redis.stop()
    }

    private func expect(_ one: Switch, isOn: Bool, by workers: [AuditedWorker], _ when: String) async {
        for worker in workers {
            let obeys = await eventually {
                let set = worker.plane.live.read { $0.set }
                return set.isFilled && one.isOn(set) == isOn
            }
            #expect(obeys, "\(one.testDescription), \(when): \(isOn ? "on" : "off")")
        }
    }
}
