import Domain
import EventStore

/// The event that every side of the append suite writes; byte for byte that of `floors/payload.h`.
enum Payload {
    static let type = "bot.paused"
    static let data = Array(
        (#"{"until":"2026-11-21T12:00:00.000000Z","personal":{"reason":"#
            + #""raid in progress: paused until moderators have cleared the queue"}}"#).utf8)

    private static let metadataHead = Array(
        #"{"actor":{"kind":"user","id":"operator_17"},"source":"rest","command_id":""#.utf8)
    private static let metadataMiddle = Array(#"","correlation_id":""#.utf8)
    private static let metadataTail = Array(
        (#"","personal":{"display":"Operator Seventeen","ip":"203.0.113.17","user_agent":"#
            + #""Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 "#
            + #"(KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"}}"#)
            .utf8)

    /// With two UUIDs that are new in each event.
    static func metadata(microseconds: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(352)
        bytes += metadataHead
        bytes += EventID.random(microseconds: microseconds).description.utf8
        bytes += metadataMiddle
        bytes += EventID.random(microseconds: microseconds).description.utf8
        bytes += metadataTail
        return bytes
    }

    static func event(microseconds: Int) -> NewEvent {
        NewEvent(type: type, schemaVersion: 1, data: data, metadata: metadata(microseconds: microseconds))
    }

    static func account(_ number: Int) -> AccountID {
        let digits = String(number)
        return AccountID(stored: "acct_" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
    }
}
