import Domain
import Sandbox
import Testing

@testable import Worker

@Suite("What the worker does for a handler", .timeLimit(.minutes(1)))
struct ExtensionHostTests {
    private static func host(_ stage: ChatStage) -> ExtensionHost {
        ExtensionHost(
            live: stage.live, keyValues: MemoryKeyValues(), fetcher: Fetcher(), requests: RequestPurses())
    }

    private static func call(_ host: ExtensionHost, _ function: HostFunction, _ arguments: String) async -> String {
        switch await host.call(function, Array(arguments.utf8), for: Samples.install) {
        case .value(let bytes): String(decoding: bytes, as: UTF8.self)
        case .refused(let sentence): "refused: \(sentence)"
        }
    }

    @Test func `keeps things, and lists their keys`() async throws {
        let host = Self.host(try ChatStage(Samples.install()))
        #expect(await Self.call(host, .kvIncrement, #"["n",2]"#) == "2")
        #expect(await Self.call(host, .kvList, "[]") == #"["n"]"#)
        #expect(await Self.call(host, .kvGet, #"["n"]"#) == "2")
    }

    @Test func `refuses what was not granted, whatever the sandbox thinks`() async throws {
        let host = Self.host(try ChatStage(Samples.install(granted: [.chatSend])))
        #expect(await Self.call(host, .kvGet, #"["n"]"#) == "refused: the extension has no permission storage:kv")
        #expect(await Self.call(host, .fetch, #"["https://a.example"]"#).hasPrefix("refused: the extension has no"))
    }

    @Test func `refuses everything once the extension was killed`() async throws {
        let stage = try ChatStage(Samples.install())
        let host = Self.host(stage)
        stage.put(Samples.install { $0.kill = .init(reason: nil, at: Samples.now) })
        #expect(await Self.call(host, .kvGet, #"["n"]"#) == "refused: the extension was stopped")
    }

    @Test(arguments: ["", "{", "{}", "7", "null", #""n""#])
    func `refuses what nobody could have called it with`(arguments: String) async throws {
        let host = Self.host(try ChatStage(Samples.install()))
        #expect(await Self.call(host, .kvGet, arguments).hasPrefix("refused: "))
        #expect(await Self.call(host, .fetch, arguments).hasPrefix("refused: "))
    }

    @Test func `counts requests by the calls that are under way`() async throws {
        let host = Self.host(try ChatStage(Samples.install()))
        #expect(await Self.call(host, .fetch, #"["https://a.example"]"#) == "refused: a call makes at most 10 requests")
    }
}
