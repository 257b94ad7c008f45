extension FeedFollower {
    /// The feed did not come to its head in time.
    package struct NotCaughtUp: Error, CustomStringConvertible {
        package let description: String
    }

    /// Follows until the feed says that it stands where the set does, and no longer.
    package func catchUp(within limit: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await run() }
            group.addTask {
                while !live.read({ $0.isCaughtUp }) { try await clock.sleep(for: .milliseconds(20)) }
            }
            group.addTask {
                try await clock.sleep(for: limit)
                throw NotCaughtUp(description: "the feed was not caught up with in \(limit): see what was logged")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
