import Domain

/// Whom the modules have silenced in one channel, and until when.
struct RunningTimeouts: Sendable {
    /// More than a channel has at once, even in a raid; the memory that a hostile one can take.
    static let countMax = 4096

    private struct Timeout: Sendable {
        let end: Timestamp
        let seconds: Int
    }

    private var byUserID: [String: Timeout] = [:]

    /// Notes a timeout, unless one that is as long runs already.
    ///
    /// - Returns: whether one was running, so that this one is not to be issued.
    mutating func begin(_ userID: String, seconds: Int, at now: Timestamp) -> Bool {
        if let running = byUserID[userID], running.end > now, running.seconds >= seconds { return true }
        if byUserID.count >= Self.countMax { makeRoom(at: now) }
        byUserID[userID] = Timeout(end: now.adding(seconds: Double(seconds)), seconds: seconds)
        return false
    }

    mutating func forget(_ userID: String) {
        byUserID[userID] = nil
    }

    func isIdle(at now: Timestamp) -> Bool {
        byUserID.values.allSatisfy { $0.end <= now }
    }

    /// Forgetting one that still runs costs no more than issuing it twice.
    private mutating func makeRoom(at now: Timestamp) {
        byUserID = byUserID.filter { $0.value.end > now }
        if byUserID.count >= Self.countMax { byUserID.removeAll(keepingCapacity: true) }
    }
}
