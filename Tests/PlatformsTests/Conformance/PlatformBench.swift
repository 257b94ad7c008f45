import Domain
import Platforms
import TestTools
import Testing

/// One platform on its stage, as a test sees it that is the same for all of them.
protocol PlatformBench: Sendable {
    init() async throws
    func stop() async

    var channel: ChatChannel { get }
    var hands: any ChatActing { get }
    var ears: any ChatListening { get }
    /// What no text may show.
    var secrets: [String] { get }

    /// Somebody writes into the channel; returns the id that the message has here.
    func say(_ text: String, by name: String) -> String
    func sayAsBot(_ text: String)
    /// The last message comes once more, as it does after hiccups.
    func repeatLast()
    /// Something happens besides chat; of what is not whole, most is missing.
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool)
    /// Something that came after this was written.
    func tellUnknown()
    /// Whether the platform has been asked to tell of these, where it has to be asked.
    func isTold(_ kind: PlatformEvent.Kind) -> Bool
    func id(of name: String) -> String
    func makeModerator(_ name: String)
    /// As whom the channel's owner writes.
    var ownerName: String { get }

    /// What the platform has carried out.
    var deeds: [BenchDeed] { get }
    var requestCount: Int { get }
    /// The next action is one too many, for so long.
    func limitRate(_ name: ChatAction.Name, seconds: Int)
    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault)
    /// Refused from now on; with another one to be had, or without.
    func revokeToken(isRenewable: Bool)
    /// What brings messages breaks.
    func cutEars()

    var traits: BenchTraits { get }
}

enum BenchDeed: Equatable, Sendable {
    case deleted(String)
    case timedOut(String, seconds: Int)
    case banned(String)
    case warned(String, String)
    case said(String)
}

enum BenchFault: CaseIterable, Sendable { case down, nonsense, disconnect, cutBody, echo }

/// How platforms differ.
struct BenchTraits: Sendable {
    var warns = false
    /// Of a text, in code points.
    var textLengthMax: Int
    /// What is set instead of what was asked for.
    var timeouts: [(asked: Int, set: Int)]
    /// Whether the platform tells apart who is banned already.
    var knowsBanned = true
    /// Whether it has refused to touch a moderator when it refuses.
    var protectsModerators = true
    /// Whether `repeatLast` repeats an event so that it can be known again.
    var repeatsEvents = true
}

extension PlatformBench {
    func isTold(_ kind: PlatformEvent.Kind) -> Bool { true }
}

/// All platforms, for tests to go through.
enum BenchKind: String, CaseIterable, Sendable {
    case twitch, trovo, kick, discord, youtube

    func make() async throws -> any PlatformBench {
        switch self {
        case .twitch: try await TwitchBench()
        case .trovo: try await TrovoBench()
        case .kick: try await KickBench()
        case .discord: try await DiscordBench()
        case .youtube: try await YouTubeBench()
        }
    }

    func with(_ body: (any PlatformBench) async throws -> Void) async throws {
        let bench = try await make()
        do { try await body(bench) } catch {
            await bench.stop()
            throw error
        }
        await bench.stop()
    }

    /// Begins when the channel is heard.
    func listening(_ body: (any PlatformBench, EarLog) async throws -> Void) async throws {
        try await with { bench in
            let log = EarLog()
            bench.ears.join(bench.channel, login: bench.ownerName)
            await log.during(bench.ears) {
                await until { log.aliveCount(bench.channel.id) > 0 }
                try await body(bench, log)
            }
        }
    }
}
