import Crypto
import Domain
import EventStore
import Foundation
import Runtime

/// One event as a webhook is told of it, in the form of Standard Webhooks: a body, and headers that sign it.
package struct WebhookMessage: Sendable {
    /// The event's id: the same in every attempt, so that a receiver can tell what he has had.
    package let id: String
    package let body: [UInt8]

    /// `{"type", "timestamp", "data": the event}`
    package init(_ event: RecordedEvent) {
        id = event.id.description
        var writer = JSONWriter(capacityBytes: event.data.count + event.metadata.count + 512)
        writer.object { object in
            object.member("type", event.type)
            object.member("timestamp", Timestamp(microseconds: event.recordedAt).description)
            object.name("data")
            event.encode(into: &object)
        }
        body = writer.bytes
    }

    package init(id: String, body: [UInt8]) {
        (self.id, self.body) = (id, body)
    }

    /// - Parameter now: of the attempt; receivers refuse what is old.
    package func headers(signedWith secrets: [[UInt8]], at now: Timestamp) -> [(name: String, value: String)] {
        let seconds = now.microseconds / 1_000_000
        let signatures = secrets.map { "v1," + signature($0, seconds: seconds) }.joined(separator: " ")
        return [
            ("content-type", "application/json"), ("user-agent", "botcontrol-webhooks"), ("webhook-id", id),
            ("webhook-timestamp", String(seconds)), ("webhook-signature", signatures),
        ]
    }

    private func signature(_ secret: [UInt8], seconds: Int) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
        code.update(data: Array("\(id).\(seconds).".utf8))
        code.update(data: body)
        return Data(code.finalize()).base64EncodedString()
    }
}

extension WebhookSecrets {
    private static let prefix = "whsec_"

    /// Shown once, to whoever is to check signatures with it.
    var currentText: String { Self.prefix + Data(current).base64EncodedString() }

    static func fresh() -> [UInt8] {
        SymmetricKey(size: SymmetricKeySize(bitCount: bytesCount * 8)).withUnsafeBytes { Array($0) }
    }
}
