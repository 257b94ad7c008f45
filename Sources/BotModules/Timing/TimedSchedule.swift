import Domain

/// When which of the timed messages is to be sent in one channel: a state machine without a clock.
///
/// Ask it at the start, at the moment that it names, and whenever a line has opened the way. It answers what to send
/// now, at most one message, and when to ask again.
package struct TimedSchedule: Sendable {
    /// What to do now, and when to ask again if nothing happens before; nil when nothing is waited for.
    package struct Answer: Equatable, Sendable {
        package let text: String?
        package let askAgainAt: Timestamp?

        package init(text: String?, askAgainAt: Timestamp?) {
            (self.text, self.askAgainAt) = (text, askAgainAt)
        }
    }

    /// Asked so much too late, the process must have stood still: what was missed meanwhile is not made up for.
    package static let lateMaxSeconds = 60.0
    /// Between two messages when no lines are asked for and several are due.
    package static let spacingSeconds = 5.0

    private struct Entry: Sendable {
        let message: TimedMessages.Message
        var due: Timestamp
        /// It was due and could not be sent: it waits for lines.
        var isPending = false
    }

    private var entries: [Entry] = []
    private var linesMin = 0
    private var lines = 0
    private var lastSent: Timestamp?

    /// - Parameter settings: nil when the module is not configured or not enabled.
    package init(_ settings: TimedMessages.Settings?, at now: Timestamp) {
        update(settings, at: now)
    }
}

extension TimedSchedule {
    /// Takes new settings. Messages that stay the same keep their turn, new ones wait for a full interval.
    package mutating func update(_ settings: TimedMessages.Settings?, at now: Timestamp) {
        linesMin = settings?.minChatLinesBetween ?? 0
        var kept = entries
        entries = (settings?.messages ?? []).map { message in
            guard let index = kept.firstIndex(where: { $0.message == message }) else {
                return Entry(message: message, due: .latest)
            }
            return kept.remove(at: index)
        }
        for index in entries.indices where entries[index].due == .latest { begin(index, at: now) }
    }

    /// Starts over, with nothing pending: for the end of a pause or of an outage.
    package mutating func restart(at now: Timestamp) {
        for index in entries.indices { (entries[index].due, entries[index].isPending) = (.latest, false) }
        for index in entries.indices { begin(index, at: now) }
    }

    /// Counts a line of the channel; bots' lines do not count.
    ///
    /// - Returns: whether this line has opened the way for a message that waits, so that it is time to ask.
    package mutating func countLine(of user: ChatUser) -> Bool {
        guard user.roles.isDisjoint(with: [.bot, .ownBot]) else { return false }
        lines = min(lines + 1, Int(Int32.max))
        return lines == linesMin && entries.contains(where: \.isPending)
    }

    /// What to send now. A message that is returned is taken to be sent.
    package mutating func next(at now: Timestamp) -> Answer {
        if let earliest = entries.lazy.filter({ !$0.isPending }).map(\.due).min(),
            now.seconds(since: earliest) > Self.lateMaxSeconds
        {
            restart(at: now)
        }
        for index in entries.indices where entries[index].due <= now { entries[index].isPending = true }
        let text = isOpen(at: now) ? sendOldest(at: now) : nil
        return Answer(text: text, askAgainAt: askAgainAt(now))
    }

    private func isOpen(at now: Timestamp) -> Bool {
        guard let lastSent, linesMin == 0 else { return lines >= linesMin }
        return now.seconds(since: lastSent) >= Self.spacingSeconds || now < lastSent
    }

    private mutating func sendOldest(at now: Timestamp) -> String? {
        let pending = entries.indices.filter { entries[$0].isPending }
        guard let index = pending.min(by: { entries[$0].due < entries[$1].due }) else { return nil }
        (lines, lastSent) = (0, now)
        entries[index].isPending = false
        entries[index].due = now.adding(seconds: entries[index].message.intervalSeconds)
        return entries[index].message.text
    }

    /// Those that wait for lines are asked for by `countLine`.
    private func askAgainAt(_ now: Timestamp) -> Timestamp? {
        var times = entries.filter { !$0.isPending }.map(\.due)
        if linesMin == 0, let lastSent, entries.contains(where: \.isPending) {
            times.append(max(now, lastSent.adding(seconds: Self.spacingSeconds)))
        }
        return times.min()
    }

    /// After one full interval, and as far as can be from the others with that interval.
    private mutating func begin(_ index: Int, at now: Timestamp) {
        let interval = entries[index].message.intervalSeconds
        let alike = entries.indices.filter { entries[$0].message.intervalSeconds == interval }
        let place = alike.firstIndex(of: index) ?? 0
        entries[index].due = now.adding(seconds: interval + interval * Double(place) / Double(alike.count))
    }
}

extension TimedMessages.Message {
    fileprivate var intervalSeconds: Double { Double(intervalMinutes) * 60 }
}
