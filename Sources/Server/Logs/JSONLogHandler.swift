import Domain
import Foundation
import Logging

/// Logs for machines: one line of JSON an entry, `{"at", "level", "message", …metadata}`, on standard error.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String

    package init(label: String, level: Logger.Level) {
        (self.label, logLevel) = (label, level)
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONWriter()
        line.object { object in
            object.member("at", WallClock.system.now.description)
            object.member("level", event.level.rawValue)
            object.member("label", label)
            object.member("message", event.message.description)
            for (name, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
                object.name(name)
                object.string(value.description)
            }
        }
        Self.write(line.bytes + [UInt8(ascii: "\n")])
    }

    /// A line in one call, so that lines of several threads do not mix; what cannot be written is lost.
    private static func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let count = Foundation.write(STDERR_FILENO, piece.baseAddress, piece.count)
                if count < 0 && errno != EINTR { return }
                rest = rest.dropFirst(max(0, count))
            }
        }
    }
}
