import Domain

/// How often who has said what in one channel within a sliding 30 seconds.
struct RepeatedTexts: Sendable {
    static let windowMicroseconds = 30_000_000
    /// 500 messages a second; in a faster channel the window is shorter.
    static let countMax = 15_000

    /// Hashes stand for user with text, and for the message: 24 bytes a message, however long it is.
    private struct Copy: Sendable {
        let time: Int
        let key: UInt64
        let message: UInt64
    }

    /// Oldest first, from `first` on; what is before has left the window.
    private var copies: [Copy] = []
    private var first = 0
    private var counts: [UInt64: Int32] = [:]

    /// Adds a message and returns how many copies of it there are now, itself included.
    ///
    /// - Parameter isEdit: the message is taken out of the window first, with whatever it said before.
    mutating func add(_ key: UInt64, message: UInt64, isEdit: Bool, at now: Timestamp) -> Int {
        // A clock that goes back leaves the order as it is.
        let time = max(now.microseconds, copies.last?.time ?? .min)
        expire(at: time)
        if isEdit { remove(message) }
        if copies.count - first >= Self.countMax { dropFirst() }
        copies.append(Copy(time: time, key: key, message: message))
        let count = counts[key, default: 0] + 1
        counts[key] = count
        return Int(count)
    }

    func isIdle(at now: Timestamp) -> Bool {
        copies.last.map { now.microseconds - $0.time >= Self.windowMicroseconds } ?? true
    }

    private mutating func expire(at time: Int) {
        while first < copies.count, time - copies[first].time >= Self.windowMicroseconds { dropFirst() }
        if first == copies.count {
            copies.removeAll(keepingCapacity: first < 64)
            first = 0
        } else if first >= 64, first * 2 >= copies.count {
            copies.removeFirst(first)
            first = 0
        }
    }

    private mutating func dropFirst() {
        uncount(copies[first].key)
        first += 1
    }

    private mutating func remove(_ message: UInt64) {
        guard let index = copies[first...].lastIndex(where: { $0.message == message }) else { return }
        uncount(copies.remove(at: index).key)
    }

    private mutating func uncount(_ key: UInt64) {
        guard let count = counts[key], count > 1 else {
            counts[key] = nil
            return
        }
        counts[key] = count - 1
    }
}
