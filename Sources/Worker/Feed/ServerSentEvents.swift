/// One event of a stream, as it is dispatched.
struct ServerSentEvent: Equatable, Sendable {
    /// `message` when the stream does not say.
    var type: String
    /// Its lines, joined by LF.
    var data: [UInt8]
    /// The last id that the stream has set, in this event or before.
    var lastEventID: String
}

/// Reads `text/event-stream` (WHATWG HTML, section 9.2.6), in whatever pieces it comes.
///
/// - A BOM at the very start is skipped. Lines end with CRLF, LF or CR.
/// - A line that starts with a colon is a comment. A line without one is a field with an empty value. One space after
///   the colon is no part of the value.
/// - `data` lines add up, `event` and `id` are set; an `id` with a NUL in it is left alone; `retry` and every other
///   field are of no use here.
/// - An empty line dispatches the event, unless it has no data. What is not ended so is never dispatched.
struct ServerSentEventParser {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let colon = UInt8(ascii: ":"), space = UInt8(ascii: " ")

    private let bytesMax: Int
    private var lines: LineSplitter
    private var isFirstLine = true
    private var type = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var lastEventID = ""
    /// Lines that have ended so far, comments too: a sign of life.
    private(set) var lineCount = 0

    /// - Parameter bytesMax: of one line, and of one event's data.
    init(bytesMax: Int = 8 << 20) {
        self.bytesMax = bytesMax
        lines = LineSplitter(bytesMax: bytesMax)
    }

    /// The events that are complete with these bytes.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var splitter = LineSplitter(bytesMax: 0)
        swap(&splitter, &lines)
        defer { swap(&splitter, &lines) }
        try splitter.split(bytes) { line in
            if let event = try take(line) { events.append(event) }
        }
        return events
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>) throws -> ServerSentEvent? {
        lineCount += 1
        var line = line
        if isFirstLine, line.starts(with: Self.byteOrderMark) { line = UnsafeBufferPointer(rebasing: line[3...]) }
        isFirstLine = false
        guard !line.isEmpty else { return dispatch() }
        try field(line)
        return nil
    }

    private mutating func field(_ line: UnsafeBufferPointer<UInt8>) throws {
        let colon = line.firstIndex(of: Self.colon) ?? line.count
        var value = line[min(colon + 1, line.count)...]
        if value.first == Self.space { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            guard data.count + value.count < bytesMax else {
                throw FeedFailure.unreadable("an event of the feed is longer than \(bytesMax) bytes")
            }
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        case "event": type = String(decoding: value, as: UTF8.self)
        case "id": if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        default: break
        }
    }

    /// The standard ends each data line with LF and takes the last one off again: one empty `data` line is an event.
    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            (type, data, hasData) = ("", [], false)
        }
        guard hasData else { return nil }
        return ServerSentEvent(type: type.isEmpty ? "message" : type, data: data, lastEventID: lastEventID)
    }
}
