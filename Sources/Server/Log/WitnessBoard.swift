import Domain
import Synchronization

/// How the log stands with its witnesses: who has signed what, and who refuses.
package final class WitnessBoard: Sendable {
    package struct Entry: Sendable {
        package let url: String
        /// As the witness calls itself; nil before its first signature.
        package var name: String?
        /// The last size that it has signed.
        package var size: Int?
        package var signedAt: Timestamp?
        /// Why it does not sign now.
        package var problem: String?

        package init(url: String) {
            self.url = url
        }
    }

    private let entries = Mutex<[Entry]>([])

    package var all: [Entry] { entries.withLock { $0 } }

    package func update(_ entry: Entry) {
        entries.withLock { entries in
            if let index = entries.firstIndex(where: { $0.url == entry.url }) {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }
}
