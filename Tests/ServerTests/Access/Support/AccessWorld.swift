import Domain
import Foundation
import Runtime
import Server
import Synchronization

/// A server's access side in a directory of its own, gone with the test, and clocks that stand until they are moved.
final class AccessWorld: Sendable {
    let directory: String
    let clock: TestClock
    let runtime: RuntimeStore
    let key: SigningKey
    let minter: TokenMinter
    let authenticator: Authenticator

    init(keySet: (AccessWorld.Place) -> KeySetSource? = { _ in nil }) throws {
        let place = try Place()
        (directory, clock) = (place.directory, place.clock)
        runtime = try RuntimeStore.open(directory: directory, clock: clock.wall)
        key = try SigningKey.open(directory: directory)
        minter = TokenMinter(key: key, clock: clock.wall)
        authenticator = Authenticator(
            signingKey: key, runtime: runtime, keySet: keySet(place), clock: clock.wall)
    }

    deinit {
        runtime.close()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Where it stands, before there is anything in it.
    struct Place {
        let directory: String
        let clock = TestClock()

        init() throws {
            directory = FileManager.default.temporaryDirectory.appending(path: "access-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }

        var keySetPath: String { directory + "/jwks.json" }
    }

    /// The bytes of the local secret, as whoever has stolen the file would have them.
    func secret() throws -> [UInt8] {
        let text = try String(contentsOfFile: directory + "/" + SigningKey.fileName, encoding: .utf8)
        return Forge.bytes(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func answer(to token: String) async -> Answer { await answer(toHeader: "Bearer \(token)") }

    func answer(toHeader header: String?) async -> Answer {
        do throws(AuthenticationFailed) {
            return .caller(try await authenticator.authenticate(header))
        } catch {
            return .failed(error.reason)
        }
    }

    enum Answer: Equatable {
        case caller(Caller)
        case failed(AuthenticationFailed.Reason)

        var caller: Caller? { if case .caller(let caller) = self { caller } else { nil } }
    }
}

/// A wall clock and a monotonic one that move together, and only when told to.
final class TestClock: Sendable {
    private let microseconds = Atomic<Int>(1_800_000_000_000_000)
    private let start = ContinuousClock.now

    var now: Timestamp { Timestamp(microseconds: microseconds.load(ordering: .relaxed)) }
    var seconds: Int { now.microseconds / 1_000_000 }
    var wall: WallClock { WallClock { self.now } }

    var monotonic: @Sendable () -> ContinuousClock.Instant {
        { self.start + .microseconds(self.now.microseconds - 1_800_000_000_000_000) }
    }

    func advance(seconds: Double) { microseconds.add(Int(seconds * 1_000_000), ordering: .relaxed) }
}

extension AccountID {
    static let acme = AccountID(stored: "acme"), other = AccountID(stored: "other")
}
