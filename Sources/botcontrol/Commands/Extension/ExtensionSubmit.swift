import ArgumentParser
import Domain
import Extensions
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `botcontrol extension submit`: hands a version to a server, where it waits for its review.
struct ExtensionSubmit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Check a bot module and submit it for review.")

    @Argument(help: "The module's folder.") var directory: String
    @Option(help: "The server, as in http://127.0.0.1:8080.") var server: String
    @Option(help: "A token with extensions:submit.") var token: String
    @Option(help: "The author's account, when the token is not its own.") var account: String?

    func validate() throws {
        if let account, AccountID(rawValue: account) == nil {
            throw ValidationError("--account \(account): it \(AccountID.rule)")
        }
    }

    func run() async throws {
        guard let url = URL(string: server), ["http", "https"].contains(url.scheme ?? ""), url.host() != nil else {
            throw CommandFailure.usage("--server \(server) is not an address: write http://HOST:PORT")
        }
        let tried = try TriedExtension(ExtensionFolder(path: directory))
        try await tried.check()
        StandardOutput.write(try await submit(tried, to: address(at: url)))
    }

    private func address(at server: URL) -> URL {
        let url = server.appending(path: "/v1/extensions")
        return account.map { url.appending(queryItems: [URLQueryItem(name: "account_id", value: $0)]) } ?? url
    }

    private func submit(_ tried: TriedExtension, to url: URL) async throws -> String {
        var writer = JSONWriter(capacityBytes: 1024)
        writer.object { object in
            object.name("bundle")
            object.raw(tried.bundle.bytes)
        }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(writer.bytes)
        request.timeoutInterval = 60
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let answer: (data: Data, response: URLResponse)
        do {
            answer = try await URLSession.shared.data(for: request)
        } catch {
            throw CommandFailure.cannotRun("\(server) does not answer (\(error.localizedDescription)): is it running?")
        }
        let text = String(decoding: answer.data, as: UTF8.self)
        let status = (answer.response as? HTTPURLResponse)?.statusCode ?? 0
        guard (200..<300).contains(status) else { throw refusal(text, status, tried.folder) }
        return text
    }

    private func refusal(_ text: String, _ status: Int, _ folder: ExtensionFolder) -> CommandFailure {
        let error = (try? JSONParser.parse(text))?["error"]
        let failures = (error?["details"]?.array ?? []).map { detail in
            Failure(
                path: detail["path"]?.string ?? "", code: detail["code"]?.string ?? "",
                message: detail["message"]?.string ?? "")
        }
        if status == 422, !failures.isEmpty { return folder.problem(failures) }
        return .cannotRun("\(server) refused it (\(status)): \(error?["message"]?.string ?? String(text.prefix(300)))")
    }
}
