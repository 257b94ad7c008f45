import Domain
import EventStore

/// How a whole filter of events is sent.
package enum ExportFormat: String, CaseIterable, Sendable {
    case ndjson, csv

    /// The format that an `Accept` header asks for; nil for a page of JSON.
    init?(accept: String?) {
        guard let accept = accept?.lowercased() else { return nil }
        if accept.contains(ExportFormat.ndjson.mediaType) {
            self = .ndjson
        } else if accept.contains(ExportFormat.csv.mediaType) {
            self = .csv
        } else {
            return nil
        }
    }

    var mediaType: String {
        switch self {
        case .ndjson: "application/x-ndjson"
        case .csv: "text/csv"
        }
    }

    var contentType: String { self == .csv ? mediaType + "; charset=utf-8; header=present" : mediaType }

    /// What stands before the first event.
    package var head: [UInt8] { self == .csv ? Array(EventCSV.header.utf8) : [] }

    package func encode(_ events: [RecordedEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            switch self {
            case .ndjson:
                var writer = JSONWriter(capacityBytes: 1024)
                event.encode(into: &writer)
                bytes.append(contentsOf: writer.bytes)
                bytes.append(UInt8(ascii: "\n"))
            case .csv: bytes.append(contentsOf: EventCSV.line(event).utf8)
            }
        }
        return bytes
    }
}

/// Events as rows of a table (RFC 4180), safe to open in a spreadsheet.
enum EventCSV {
    static let header = "position,recorded_at,stream,revision,type,schema_version,id,actor,source,data,metadata\r\n"

    static func line(_ event: RecordedEvent) -> String {
        let metadata = try? JSONParser.parse(event.metadata)
        let cells = [
            String(event.position), Timestamp(microseconds: event.recordedAt).description, event.stream.description,
            String(event.revision), event.type, String(event.schemaVersion), event.id.description,
            metadata?["actor"]?["id"]?.string ?? "", metadata?["source"]?.string ?? "",
            String(decoding: event.data, as: UTF8.self), String(decoding: event.metadata, as: UTF8.self),
        ]
        return cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    static func cell(_ text: String) -> String {
        let guarded = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
        guard guarded.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
            return guarded
        }
        return "\"" + guarded.replacing("\"", with: "\"\"") + "\""
    }
}
