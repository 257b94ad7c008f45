import Foundation

/// An answer as it came over the wire.
struct PlainAnswer: Sendable {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// HTTP/1.1 over a socket of its own for every request, so that a test can send whatever bytes it likes.
enum PlainHTTP {
    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter target: goes into the request line as it is.
    static func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let takesBody = !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method)
        if takesBody { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    /// On a thread of its own: a test that blocks would hold one of the few threads that all tests share.
    static func exchange(port: Int, _ request: [UInt8], isHead: Bool = false) async throws -> PlainAnswer {
        let bytes = try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try exchangeBlocking(port: port, request) }) }.start()
        }
        return try parse(bytes, isHead: isHead)
    }

    /// A socket that waits a minute for what comes, at the most.
    static func connected(port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Broken(description: "no socket: \(errno)") }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(descriptor)
            throw Broken(description: "cannot connect: \(errno)")
        }
        return descriptor
    }

    /// Sends a request and goes away without waiting for the answer.
    static func abandon(port: Int, _ request: [UInt8]) throws {
        let descriptor = try connected(port: port)
        defer { close(descriptor) }
        _ = request.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    private static func exchangeBlocking(port: Int, _ request: [UInt8]) throws -> [UInt8] {
        let descriptor = try connected(port: port)
        defer { close(descriptor) }
        var sent = 0
        // A server that refuses a large body may answer, and stop reading, before all of it was sent.
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    private static func parse(_ bytes: [UInt8], isHead: Bool) throws -> PlainAnswer {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
            throw Broken(description: "\(bytes.count) bytes and no end of the head: the connection broke")
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Broken(description: "no status in \(lines.first ?? "")")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        var body = Array(bytes[(end + 4)...])
        if headers["transfer-encoding"]?.lowercased() == "chunked", !isHead { body = try joined(body) }
        if let length = headers["content-length"].flatMap({ Int($0) }), !isHead, status != 304, body.count != length {
            throw Broken(description: "\(body.count) of \(length) bytes of the body")
        }
        return PlainAnswer(status: status, headers: headers, body: body)
    }

    /// The chunks' contents; a body without its last chunk was cut off.
    private static func joined(_ bytes: [UInt8]) throws -> [UInt8] {
        var rest = bytes[...]
        var body: [UInt8] = []
        while let newline = rest.firstIndex(of: 0x0D) {
            guard let count = Int(String(decoding: rest[..<newline], as: UTF8.self), radix: 16) else { break }
            if count == 0 { return body }
            let start = newline + 2
            guard start + count <= rest.endIndex else { break }
            body += rest[start..<(start + count)]
            rest = rest[(start + count + 2)...]
        }
        throw Broken(description: "the last chunk is missing after \(body.count) bytes")
    }
}
