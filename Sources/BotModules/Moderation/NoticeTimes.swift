import Domain

/// When each module last spoke to somebody in one channel: at most once in a minute.
struct NoticeTimes: Sendable {
    static let intervalSeconds = 60.0

    private var link: Timestamp?
    private var spam: Timestamp?
    private var word: Timestamp?

    /// Whether the module may speak now; if so, it is taken to have spoken.
    mutating func take(_ module: ModuleName, at now: Timestamp) -> Bool {
        if let last = self[module], Self.isRecent(last, at: now) { return false }
        self[module] = now
        return true
    }

    func isIdle(at now: Timestamp) -> Bool {
        [link, spam, word].allSatisfy { last in last.map { !Self.isRecent($0, at: now) } ?? true }
    }

    /// A clock that was set back must not silence a module for longer than the minute.
    private static func isRecent(_ last: Timestamp, at now: Timestamp) -> Bool {
        abs(now.seconds(since: last)) < intervalSeconds
    }

    private subscript(_ module: ModuleName) -> Timestamp? {
        get {
            switch module {
            case .linkProtection: link
            case .spamProtection: spam
            case .wordFilter: word
            case .timedMessages: nil
            }
        }
        set {
            switch module {
            case .linkProtection: link = newValue
            case .spamProtection: spam = newValue
            case .wordFilter: word = newValue
            case .timedMessages: break
            }
        }
    }
}
