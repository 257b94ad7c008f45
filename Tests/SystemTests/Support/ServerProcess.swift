import Domain
import EventStore
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A `botcontrol serve` of our own on a free port, ended by its id.
final class ServerProcess: @unchecked Sendable {
    struct Failed: Error {
        let message: String
    }

    let data: String
    let address: String
    let token: String
    private let process = Process()

    /// Starts it and waits until it answers.
    init(data: String, arguments: [String] = []) async throws {
        self.data = data
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = ["serve", "--data", data, "--port", "0", "--rate-limit", "0"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        address = try await Self.address(data, process)
        token = try Program.run(["token", "--data", data, "--subject", "system-test", "--system-admin"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func address(_ data: String, _ process: Process) async throws -> String {
        for _ in 0..<600 {
            if let holder = DirectoryLock.holder(of: data), let start = holder.range(of: "at http://"),
                holder.contains("process \(process.processIdentifier)")
            {
                return "http://" + holder[start.upperBound...].prefix { $0 != " " }
            }
            guard process.isRunning else { throw Failed(message: "the server ended: \(process.terminationStatus)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        process.terminate()
        throw Failed(message: "the server does not say where it is")
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var isRunning: Bool { process.isRunning }

    /// Sends a signal; the exit status once the process has ended.
    @discardableResult
    func end(with signal: Int32) -> Int32 {
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return process.terminationStatus
    }

    struct Answer {
        let status: Int, json: JSON
    }

    /// - Parameter bearer: another's token; nil for the administrator's.
    func send(
        _ method: String, _ path: String, _ body: String? = nil, as bearer: String? = nil
    ) async throws -> Answer {
        guard let url = URL(string: address + path) else { throw Failed(message: "\(path) is no address") }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.httpBody = body.map { Data($0.utf8) }
        request.timeoutInterval = 30
        request.setValue("Bearer \(bearer ?? token)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        return Answer(status: status, json: (try? JSONParser.parse(Array(data))) ?? .null)
    }

    var digest: String? {
        get async throws {
            try await send("GET", "/v1/admin/projections").json["data"]?["digest"]?.string
        }
    }
}
