import Domain
import Runtime

extension RuntimeStore {
    /// Bots that hear.
    func record(_ beats: [(AccountID, Platform, Timestamp)]) {
        record(beats.map { Heartbeat(accountID: $0.0, platform: $0.1, at: $0.2) })
    }
}
