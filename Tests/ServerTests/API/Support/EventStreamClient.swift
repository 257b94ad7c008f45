import Domain
import Foundation

/// An open stream of server-sent events over a socket of its own, read by a thread.
final class EventStreamClient: @unchecked Sendable {
    struct Event: Equatable, Sendable {
        var name = "", id: String?, data = ""

        var json: JSON { (try? JSONParser.parse(Array(data.utf8))) ?? .null }
    }

    let events: AsyncStream<Event>
    private let descriptor: Int32

    /// Reads only when it is told to, if it is lazy: a reader who does not keep up.
    init(port: Int, _ target: String, bearer: String?, headers: [(String, String)] = [], isLazy: Bool = false) throws {
        let socket = try PlainHTTP.connected(port: port)
        descriptor = socket
        let credential = bearer.map { [("Authorization", "Bearer \($0)")] } ?? []
        let request = PlainHTTP.request(
            "GET", target, headers: headers + credential + [("Accept", "text/event-stream")])
        _ = request.withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        if isLazy { return }
        Thread {
            var event = Event(), text = ""
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 {
                text += String(decoding: buffer[..<count], as: UTF8.self)
                // Chunks hold whole events, so that their sizes stand on lines of their own, which mean nothing here.
                while let end = text.firstIndex(where: \.isNewline) {
                    let line = String(text[..<end])
                    text = String(text[text.index(after: end)...])
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                    if line.isEmpty, !event.name.isEmpty {
                        continuation.yield(event)
                        event = Event()
                    }
                }
            }
            continuation.finish()
        }.start()
    }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    deinit { Foundation.close(descriptor) }

    /// The next events that are no bookmarks; fewer when the stream ends before.
    func next(_ count: Int) async -> [Event] {
        var found: [Event] = []
        for await event in events where event.name != "bookmark" {
            found.append(event)
            if found.count == count { break }
        }
        return found
    }

    func first(named name: String) async -> Event? {
        await events.first { $0.name == name }
    }
}
