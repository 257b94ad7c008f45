import Domain
import Foundation
import Logging
import Projections
import Redis
import RedisStage
import Relay
import Runtime
import Testing
import TestTools

/// The bundles that installs run, on their way from the files beside the journal into Redis.
@Suite("The relay of bundles", .timeLimit(.minutes(3)))
struct BundleRelayTests {
    /// A journal with its bundles, and a relay that carries both.
    private struct Place {
        let stage: FeedStage, server: RedisServer, files: BundleFiles

        var relay: FeedRelay {
            var logger = Logger(label: "relay")
            logger.logLevel = .critical
            return FeedRelay(
                readModels: stage.readModels, url: server.url, settings: .test, logger: logger,
                bundles: { try? files.get($0) }, onAcknowledgement: { _, _ in })
        }

        /// Stores it, and lets somebody install it.
        @discardableResult
        func install(_ bytes: [UInt8], _ number: Int = 1) async throws -> BundleDigest {
            let digest = try files.put(bytes)
            try await stage.append(installed(digest), to: entity(number))
            return digest
        }

        func entity(_ number: Int) -> EntityID {
            let id = String(format: "00000000-0000-4000-8000-%012d", number)
            return .extensionInstall(InstallID(stored: id), of: AccountID(stored: "acct_1"))
        }

        private func installed(_ digest: BundleDigest) -> ExtensionInstall.Event {
            let terms = ExtensionInstall.Terms(
                release: .init(name: "Ranks", version: "1.0.0", digest: digest, egress: .nowhere), granted: [],
                setup: .init(config: JSONText(.emptyObject), settings: JSONText(.emptyObject)),
                overrides: JSONText(.emptyObject), triggers: [ExtensionTrigger(id: "moderate", .moderate)])
            let id = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e")
            return .installed(AccountID(stored: "acct_1"), id, terms, exemptRoles: [])
        }

        func stored(_ digest: BundleDigest) throws -> [UInt8]? {
            try server.send("GET", FeedKeys().bundle(digest)).bytes
        }
    }

    private func placed(_ body: (Place) async throws -> Void) async throws {
        let server = try RedisServer()
        defer { server.kill() }
        try await FeedStage.with { stage in
            try await stage.register()
            let files = BundleFiles(directory: stage.directory.path)
            try await body(Place(stage: stage, server: server, files: files))
        }
    }

    /// Everything that a transport could stumble over.
    private static let awkward = Array("{\"a\":\"ä 日本 \u{0}\r\n$5\r\n\"}".utf8) + [0xff, 0xfe, 0x00]

    @Test func `brings them over byte by byte, and before the document that names them`() async throws {
        try await placed { place in
            try await place.relay.running {
                await place.stage.expectMirror(in: place.server)
                for number in 1...50 {
                    let bytes = Self.awkward + Array("\(number)".utf8)
                    async let install = place.install(bytes, number)
                    let key = place.entity(number).key
                    #expect(
                        await eventually {
                            try RedisMirror.read(place.server.url)?.documents.keys.contains { $0.hasSuffix(key) }
                                == true
                        })
                    // What is there now was there when the document came: nothing was waited for.
                    #expect(try place.stored(BundleFiles.digest(of: bytes)) == bytes)
                    _ = try await install
                }
            }
        }
    }

    @Test func `puts back what Redis has lost, though nothing changes`() async throws {
        try await placed { place in
            let before = try await place.install(Array("before".utf8), 1)
            try await place.relay.running {
                await place.stage.expectMirror(in: place.server)
                let later = try await place.install(Array("later".utf8), 2)
                await place.stage.expectMirror(in: place.server)
                for digest in [before, later] {
                    try place.server.send("DEL", FeedKeys().bundle(digest))
                    #expect(await eventually { try place.stored(digest) == place.files.get(digest) })
                }
                let generation = try RedisMirror.read(place.server.url)?.mark.generation.number
                #expect(generation == 1, "for that nothing is seeded anew")
            }
        }
    }

    @Test func `puts them back when it comes to a Redis that has only the feed`() async throws {
        try await placed { place in
            let digest = try await place.install(Self.awkward)
            try await place.relay.running { await place.stage.expectMirror(in: place.server) }
            try place.server.send("DEL", FeedKeys().bundle(digest))
            try await place.relay.running {
                #expect(await eventually { try place.stored(digest) == Self.awkward })
            }
        }
    }

    @Test func `brings them with the refill of a Redis that was wiped`() async throws {
        try await placed { place in
            try await place.install(Self.awkward, 1)
            try await place.relay.running {
                await place.stage.expectMirror(in: place.server)
                let later = try await place.install(Array("later".utf8), 2)
                await place.stage.expectMirror(in: place.server)
                try place.server.send("FLUSHALL")
                await place.stage.expectMirror(in: place.server)
                #expect(try place.stored(BundleFiles.digest(of: Self.awkward)) == Self.awkward)
                #expect(try place.stored(later) == Array("later".utf8))
            }
        }
    }

    @Test func `finds a few that are missing among very many`() async throws {
        try await placed { place in
            var digests: [BundleDigest] = []
            for number in 0..<1_100 { digests.append(try await place.install(Array("\(number)".utf8), number)) }
            try await place.relay.running {
                await place.stage.expectMirror(in: place.server)
                for number in [0, 499, 500, 1_099] {
                    try place.server.send("DEL", FeedKeys().bundle(digests[number]))
                }
                #expect(await eventually { try digests.allSatisfy { try place.stored($0) != nil } })
            }
        }
    }

    @Test func `goes on with the feed when a bundle is nowhere to be had`() async throws {
        try await placed { place in
            let digest = try await place.install(Self.awkward)
            try FileManager.default.removeItem(
                atPath: "\(place.stage.directory.path)/\(BundleFiles.directoryName)/\(digest)")
            try await place.relay.running {
                await place.stage.expectMirror(in: place.server)
                try await place.stage.rename(3)
                await place.stage.expectMirror(in: place.server)
                #expect(try place.stored(digest) == nil)
                // It is put there once it is found again.
                try place.files.put(Self.awkward)
                #expect(await eventually { try place.stored(digest) == Self.awkward })
            }
        }
    }
}
