import Domain
import EventStore

/// The names of all streams by their number, as entries have them, and what is wrong with them.
struct StreamNames: Sendable {
    private(set) var names: [EscapedName?] = []
    private(set) var ids: [Int: StreamID] = [:]
    private(set) var findings: [Finding] = []

    init(_ journal: some JournalReading) throws {
        let all = try journal.streams(after: .min)
        // They are given out one by one: what is far beyond their count is damage, and must not be given storage.
        let streams = all.filter { (1...(all.count + 1000)).contains($0.number) }
        if streams.count < all.count {
            findings.append(Finding(.stream, "\(all.count - streams.count) streams have numbers never given out"))
        }
        let last = streams.last?.number ?? 0
        for number in try journal.misnamedStreams() {
            findings.append(Finding(.stream, "stream \(number) has a name that is not of its category"))
        }
        names = Array(repeating: nil, count: last + 1)
        for (number, stream) in streams {
            names[number] = EscapedName(stream.description)
            ids[number] = stream
            if let complaint = Self.complaint(stream, journal) {
                findings.append(Finding(.stream, "\(stream): \(complaint)"))
            }
        }
    }

    /// The account of a stream is not hashed; its name tells it, or its first event.
    private static func complaint(_ stream: StreamID, _ journal: some JournalReading) -> String? {
        guard let category = Category(rawValue: stream.category) else { return nil }
        let account: String? =
            switch category {
            case .account: stream.key
            case .bot, .botModule: (try? EntityID.halves(of: stream.key))?.account
            case .botCommand:
                (try? EntityID.halves(of: stream.key)).flatMap { CommandScope(stored: $0.account).account?.rawValue }
            case .provider, .extension, .guild: nil
            case .extensionInstall: installedFor(stream, journal) ?? stream.account
            }
        guard account != stream.account else { return nil }
        return "it is filed under \(stream.account ?? "no account")"
    }

    /// nil when the first event does not say, which is a finding of its own if it should.
    private static func installedFor(_ stream: StreamID, _ journal: some JournalReading) -> String? {
        guard let first = try? journal.readStream(stream, limit: 1).first else { return nil }
        return (try? JSONParser.parse(first.data))?["account_id"]?.string
    }
}
