import ArgumentParser
import Domain
import Foundation
import Hummingbird
import Logging
import NIOCore
import Runtime
import Server

/// What our routes are measured against: the same server, authentication and logging around an answer made before.
struct FloorServer: AsyncParsableCommand {
    @Option(help: "Whose signing key is used; its lock is not taken.") var data: String
    @Option var port: Int
    @Option var bodyBytes = 1024

    func run() async throws {
        let logger = Logger(label: "floor") { JSONLogHandler(label: $0, level: .info) }
        let scratch = NSTemporaryDirectory() + "/floor-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let authenticator = Authenticator(
            signingKey: try SigningKey.open(directory: data), runtime: try RuntimeStore.open(directory: scratch))
        let answer = ByteBuffer(string: "{\"data\":\"" + String(repeating: "x", count: max(0, bodyBytes - 11)) + "\"}")
        let router = Router()
        router.get("health/ready") { _, _ in Response(status: .ok) }
        router.get("static") { request, _ in
            try await Self.answer(request, authenticator, logger, answer, level: .debug)
        }
        router.put("empty") { request, _ in
            try await Self.answer(request, authenticator, logger, answer, level: .info)
        }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
            logger: logger)
        try await application.runService()
        try FileManager.default.removeItem(atPath: scratch)
    }

    @Sendable private static func answer(
        _ request: Request, _ authenticator: Authenticator, _ logger: Logger, _ answer: ByteBuffer, level: Logger.Level
    ) async throws -> Response {
        let started = DispatchTime.now().uptimeNanoseconds
        let header = request.headers[.authorization]
        let caller: Caller
        if let known = header.flatMap({ authenticator.cached($0) }) {
            caller = known
        } else {
            caller = try await authenticator.authenticate(header)
        }
        var request = request
        _ = try await request.collectBody(upTo: 256 * 1024)
        let milliseconds = (DispatchTime.now().uptimeNanoseconds - started) / 1_000_000
        logger.log(
            level: level, "\(request.method.rawValue) \(request.uri.path)",
            metadata: ["status": "200", "actor": "\(caller.actor.id)", "milliseconds": "\(milliseconds)"])
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: answer))
    }
}
