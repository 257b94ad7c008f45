import Domain
import Foundation
import Sandbox
import Synchronization
import Testing

/// A sandbox whose children are the small program beside the tests.
final class SandboxStage: Sendable {
    let pool: SandboxPool
    let host: RecordingHost
    private let box: NoticeBox

    init(children: Int = 1, limits: SandboxLimits = SandboxLimits(), host: RecordingHost = RecordingHost()) throws {
        var options = SandboxPool.Options(
            launch: ChildLaunch(executable: try Self.executable(), arguments: []), children: children)
        options.limits = limits
        self.host = host
        let box = NoticeBox()
        pool = SandboxPool(options, hosting: host) { box.add($0) }
        self.box = box
    }

    var heard: [String] { box.all }

    deinit { pool.close() }

    /// The test runs from the build's folder, or from a bundle inside it: the executable is in one of those above.
    static func executable() throws -> String {
        for start in ["/proc/self/exe", CommandLine.arguments[0], Bundle.main.executablePath ?? ""] {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let candidate = folder.appendingPathComponent("SandboxProgram").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue,
                    FileManager.default.isExecutableFile(atPath: candidate)
                {
                    return candidate
                }
            }
        }
        throw Missing()
    }

    struct Missing: Error, CustomStringConvertible {
        let description = "SandboxProgram stands in none of the folders around the test: build it"
    }

    // MARK: installs and calls

    static func install(_ number: Int) -> InstallID {
        InstallID(stored: String(format: "00000000-0000-4000-8000-%012x", number))
    }

    static func program(
        _ number: Int, _ source: String, more: [String: String] = [:], capabilities: Set<HostCapability> = [],
        settings: String = "{}"
    ) -> SandboxedProgram {
        SandboxedProgram(
            install: install(number), modules: more.merging(["main.js": source]) { $1 }, main: "main.js",
            capabilities: capabilities, settings: JSONText(stored: Array(settings.utf8)))
    }

    /// A program whose only trigger, `x`, has this handler.
    static func handler(_ handler: String) -> String {
        """
        import { command, actions } from "@lumio/bot";
        command("x", \(handler));
        """
    }

    @discardableResult
    func load(
        _ number: Int, _ source: String, capabilities: Set<HostCapability> = [], settings: String = "{}"
    ) async throws(SandboxFailure) -> [DeclaredTrigger] {
        try await pool.load(Self.program(number, source, capabilities: capabilities, settings: settings))
    }

    static let context = """
        {"trigger":{"id":"x","type":"command"},"message":{"id":"m1","text":"!x a","sentAt":"2026-11-21T12:00:00Z",\
        "isEdit":false},"user":{"id":"7","login":"ann","name":"Ann","roles":["vip"],"isBroadcaster":false,\
        "isModerator":false,"isVip":true,"isSubscriber":false},"channel":{"platform":"twitch","id":"1",\
        "accountId":"a1"},"args":["a"],"now":"2026-11-21T12:00:00Z"}
        """

    func run(
        _ number: Int, trigger: String = "x", context: String = SandboxStage.context, seed: UInt64 = 1,
        wall: Duration = .milliseconds(500)
    ) async -> HandlerEnd {
        await pool.run(
            HandlerCall(
                install: Self.install(number), triggerID: trigger, context: Array(context.utf8),
                now: Timestamp(microseconds: 1_795_262_400_000_000), seed: seed, wallLimit: wall))
    }

    /// What the handler returned, as text.
    func answer(_ number: Int, trigger: String = "x", seed: UInt64 = 1, wall: Duration = .milliseconds(500))
        async throws
        -> String
    {
        try (await run(number, trigger: trigger, seed: seed, wall: wall)).answer()
    }
}

final class NoticeBox: Sendable {
    private let texts = Mutex<[String]>([])
    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: [String] { texts.withLock { $0 } }
}

extension HandlerEnd {
    func answer() throws -> String {
        switch result {
        case .returned(let json): return String(decoding: json, as: UTF8.self)
        case .failed(let failure): throw failure
        }
    }

    var failure: SandboxFailure? {
        if case .failed(let failure) = result { return failure }
        return nil
    }
}

/// A host with a small storage; it remembers what it was asked.
final class RecordingHost: HandlerHosting {
    private let asked = Mutex<[String]>([])
    private let numbers = Mutex<[String: Int]>([:])
    let delay: Duration?

    init(delay: Duration? = nil) {
        self.delay = delay
    }

    var questions: [String] { asked.withLock { $0 } }

    func call(_ function: HostFunction, _ arguments: [UInt8], for install: InstallID) async -> HostAnswer {
        let text = String(decoding: arguments, as: UTF8.self)
        asked.withLock { $0.append("\(function.rawValue) \(text)") }
        if let delay { try? await Task.sleep(for: delay) }
        switch function {
        case .kvIncrement:
            let number = numbers.withLock { numbers in
                numbers[text, default: 0] += 1
                return numbers[text] ?? 0
            }
            return .value(Array("\(number)".utf8))
        case .kvGet: return .value(Array("null".utf8))
        case .fetch: return .value(Array(#"{"status":200,"headers":{"a":"b"},"body":"{\"x\":1}"}"#.utf8))
        default: return .refused("the storage is full")
        }
    }
}
