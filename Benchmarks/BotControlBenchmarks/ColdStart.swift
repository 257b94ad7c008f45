import ArgumentParser
import Domain
import Foundation
import Redis
import Worker

/// A worker that knows nothing takes a snapshot and holds every document: how long it takes, and how much memory at the
/// most.
struct ColdStart: AsyncParsableCommand {
    @Option(help: "http://HOST:PORT or redis://HOST:PORT.") var feed: String
    @Option(help: "A system key for the feed over HTTP.") var key: String?

    func run() async throws {
        let source: any FeedSource =
            feed.hasPrefix("redis") ? RedisFeed(try RedisURL(feed)) : HTTPFeed(server: feed, token: key)
        let started = ContinuousClock.now
        let plane = try DataPlane(.init(WorkerIdentity(name: "cold", version: "bench")), source: source)
        async let caughtUp: Void = plane.follower.catchUp(within: .seconds(60))
        // From here on it acts; that the relay lives it may learn only at its next stamp.
        while !plane.live.read({ $0.set.isFilled }) { try await Task.sleep(for: .milliseconds(2)) }
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        try await caughtUp
        let documents = plane.live.read { $0.set.documentCount }
        await source.close()
        print(#"{"seconds":\#(seconds),"documents":\#(documents),"peak_mebibytes":\#(Self.peakMebibytes)}"#)
    }

    private static var peakMebibytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Double(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "") ?? 0) / 1024
    }
}
