import Foundation
import Synchronization

/// HTTP/1.1 on loopback, in plain sockets: a test says which bytes come and when, and when the connection breaks.
final class FakeServer: Sendable {
    struct Request: Sendable {
        /// The first line, as in `GET /v1/feed?after=1-0 HTTP/1.1`.
        let line: String
        /// As they came.
        let headers: [String]
        let body: [UInt8]
    }

    /// One connection, to write to.
    struct Connection {
        fileprivate let descriptor: Int32

        /// - Returns: false when the other side has gone.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        /// A whole answer.
        func answer(_ status: String, _ body: String = "") {
            send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        }

        /// The head of an answer whose end is that of the connection.
        func begin() {
            send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        }

        @discardableResult
        func chunk(_ text: String) -> Bool { send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }

        func end() { send("0\r\n\r\n") }
    }

    private let listener: Int32
    private let requestsTaken = Mutex<[Request]>([])
    let address: String

    /// - Parameter handler: writes the answer, on a thread of its own; then the connection is closed.
    init(_ handler: @escaping @Sendable (Request, Connection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
        Thread { [weak self] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                Thread { [weak self] in
                    if let self { serve(descriptor, handler) } else { close(descriptor) }
                }.start()
            }
            // Here, and not sooner: whoever gets the number next would lose his connections to this thread.
            close(listener)
        }.start()
    }

    deinit {
        // Wakes the thread that waits in `accept`, or is about to.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    var requests: [Request] { requestsTaken.withLock { $0 } }

    private func serve(_ descriptor: Int32, _ handler: (Request, Connection) -> Void) {
        defer { close(descriptor) }
        guard let request = Self.read(descriptor) else { return }
        requestsTaken.withLock { $0.append(request) }
        handler(request, Connection(descriptor: descriptor))
        shutdown(descriptor, Int32(SHUT_WR))
    }

    private static func read(_ descriptor: Int32) -> Request? {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                let body = Array(text[end.upperBound...].utf8)
                if body.count >= length ?? 0 {
                    return Request(line: lines[0], headers: Array(lines.dropFirst()), body: body)
                }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}
