import Domain
import Foundation
import Testing

@Suite("Webhooks of a running server", .serialized, .timeLimit(.minutes(3)))
struct WebhookTests {
    private let folder = TemporaryFolder()

    /// A receiver in Python: it writes down what it is told, and answers 204.
    private static let receiver = """
        import http.server, socket, socketserver, sys
        family, _, _, _, address = socket.getaddrinfo('localhost', 0, type=socket.SOCK_STREAM)[0]
        class Server(socketserver.TCPServer):
            address_family = family
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length']))
                with open(sys.argv[1], 'ab') as out: out.write(body + b'\\n')
                self.send_response(204)
                self.end_headers()
            def log_message(self, *args): pass
        server = Server(address, Receiver)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    @Test func `go on where they were after kill -9`() async throws {
        let told = folder.path + "-told"
        defer { try? FileManager.default.removeItem(atPath: told) }
        let (process, port) = try start(told)
        defer {
            // Gentler signals are ignored in this process, and so in its children.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let arguments = ["--demo", "--loopback-webhooks"]
        let server = try await ServerProcess(data: folder.path, arguments: arguments)
        let body: JSON = ["url": .string("http://localhost:\(port)/hook"), "after": 0]
        let made = try await server.send("POST", "/v1/admin/webhooks", body.text).json
        #expect(made["data"]?["secret"]?.string?.hasPrefix("whsec_") == true, "\(made.text)")
        let first = try await positions(told) { $0.count >= 10 }
        #expect(Array(first.prefix(10)) == Array(1...10))
        try await Task.sleep(for: .seconds(6))
        server.end(with: SIGKILL)
        let count = try await positions(told) { _ in true }.count
        let again = try await ServerProcess(data: folder.path, arguments: arguments)
        _ = try await again.send(
            "POST", "/v1/admin/accounts", #"{"account_id": "hooked", "name": "Hooked", "plan": "pro"}"#)
        let all = try await positions(told) { $0.count > count }
        // Written down some seconds before the end: nothing was told twice, and nothing left out.
        #expect(all == Array(1...all.count), "\(all.suffix(20))")
        again.end(with: SIGTERM)
    }

    private func start(_ told: String) throws -> (Process, port: Int) {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.receiver, told]
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        return (process, try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines))))
    }

    private func positions(_ told: String, until isEnough: ([Int]) -> Bool) async throws -> [Int] {
        var found: [Int] = []
        for _ in 0..<200 {
            let text = (try? String(contentsOfFile: told, encoding: .utf8)) ?? ""
            found = text.split(separator: "\n").compactMap {
                (try? JSONParser.parse(String($0)))?["data"]?["position"]?.integer
            }
            if isEnough(found) { return found }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("too few: \(found.count)")
        return found
    }
}
