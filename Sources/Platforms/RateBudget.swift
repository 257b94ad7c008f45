import Domain

/// What a platform lets us send until its bucket is full again, as its last answers said.
package struct RateBudget: Equatable, Sendable {
    /// Requests that fit into the bucket.
    package let limit: Int
    package let remaining: Int
    /// When the bucket is full again.
    package let reset: Timestamp

    package init(limit: Int, remaining: Int, reset: Timestamp) {
        (self.limit, self.remaining, self.reset) = (limit, remaining, reset)
    }

    /// What is known after one more answer. Answers overtake each other: of two about the same bucket the lower counts.
    package func after(_ newer: RateBudget) -> RateBudget {
        if newer.reset == reset { return newer.remaining <= remaining ? newer : self }
        return newer.reset > reset ? newer : self
    }
}

/// At most so many in so long.
package struct RateLimit: Equatable, Sendable {
    package let count: Int
    package let seconds: Double

    package init(count: Int, seconds: Double) {
        (self.count, self.seconds) = (count, seconds)
    }
}
