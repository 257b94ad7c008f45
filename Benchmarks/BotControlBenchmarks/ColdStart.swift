import ArgumentParser
import Domain
import Foundation
import Redis
import Worker

/// A worker that knows nothing takes a snapshot and reads it: how long it takes, and how much memory at the most.
struct ColdStart: AsyncParsableCommand {
    @Option(help: "http://HOST:PORT or redis://HOST:PORT.") var feed: String
    @Option(help: "A system key for the feed over HTTP.") var key: String?

    func run() async throws {
        let source: any FeedSource =
            feed.hasPrefix("redis") ? RedisFeed(try RedisURL(feed)) : HTTPFeed(server: feed, token: key)
        let started = ContinuousClock.now
        let plane = try DataPlane(.init(WorkerIdentity(name: "cold", version: "bench")), source: source)
        try await plane.follower.catchUp(within: .seconds(60))
        let seconds = (ContinuousClock.now - started) / .seconds(1)
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
