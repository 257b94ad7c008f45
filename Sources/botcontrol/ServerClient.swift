import Domain
import Foundation
import Server

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks the server that holds a data directory, with a token made from the directory's own key.
struct ServerClient {
    private let server: URL
    private let token: String

    init(_ server: URL, _ directory: String) throws {
        self.server = server
        let key = try runOrFail { try SigningKey.open(directory: directory) }
        let grant = TokenGrant(
            subject: "botcontrol-cli", name: "command line", account: nil, role: nil, permissions: [],
            isSystemAdmin: true, isSystemKey: false)
        token = TokenMinter(key: key).mint(grant, lifetimeSeconds: 3600).text
    }

    func get(_ path: String) async throws -> String { try await send("GET", path) }

    /// - Parameter body: JSON, when the operation takes any.
    func post(_ path: String, _ body: JSON? = nil, headers: [String: String] = [:]) async throws -> String {
        try await send("POST", path, body, headers)
    }

    private func send(
        _ method: String, _ path: String, _ body: JSON? = nil, _ headers: [String: String] = [:]
    ) async throws -> String {
        var request = URLRequest(url: server.appending(path: path))
        request.httpMethod = method
        request.timeoutInterval = 3600
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if let body {
            request.httpBody = Data(body.bytes)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await answer(request)
        let text = String(decoding: data, as: UTF8.self)
        guard let status = (response as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            let message = (try? JSONParser.parse(text))?["error"]?["message"]?.string ?? text
            throw CommandFailure.cannotRun("the server at \(server.absoluteString) refused: \(message)")
        }
        return text
    }

    private func answer(_ request: URLRequest) async throws -> (Data, URLResponse) {
        do {
            return try await URLSession.shared.data(for: request)
        } catch {
            throw CommandFailure.cannotRun(
                "\(server.absoluteString) does not answer (\(error.localizedDescription)): is it stopping?"
            )
        }
    }
}
