import Commands
import Domain
import EventStore
import Foundation
import Hummingbird
import Logging
import Projections
import Server
import ServiceLifecycle
import TestTools
import Testing

/// A running server over a directory of its own. Every answer that it gives is held against its OpenAPI document.
struct APIServer: Sendable {
    let plane: ControlPlane
    let port: Int
    let document: DocumentedAPI
    let admin: String

    struct NotRunning: Error {}

    /// Starts it, lets the test have it, and stops it in order.
    static func run<Value: Sendable>(
        in directory: TemporaryDirectory? = nil, _ configure: (inout ControlPlane.Configuration) -> Void = { _ in },
        _ body: @Sendable @escaping (APIServer) async throws -> Value
    ) async throws -> Value {
        let directory = try directory ?? TemporaryDirectory()
        var configuration = ControlPlane.Configuration(directory: directory.path)
        configuration.rateLimit = 0
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configure(&configuration)
        let plane = try ControlPlane.open(configuration)
        defer {
            plane.close()
            withExtendedLifetime(directory) {}
        }
        return try await serve(plane, configuration.logger, body)
    }

    private static func serve<Value: Sendable>(
        _ plane: ControlPlane, _ logger: Logger, _ body: @Sendable @escaping (APIServer) async throws -> Value
    ) async throws -> Value {
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let application = plane.application(host: "127.0.0.1", port: 0) { bound.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [application] + plane.backgroundServices, logger: logger)
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { bound.finish() }
                try await group.run()
            }
            guard let port = await ports.first(where: { _ in true }) else { throw NotRunning() }
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(APIServer(plane, port))) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    private init(_ plane: ControlPlane, _ port: Int) {
        (self.plane, self.port) = (plane, port)
        document = DocumentedAPI(ControlPlane.openAPI(plane.services))
        let grant = TokenGrant(subject: "admin", name: "An Admin", isSystemAdmin: true)
        admin = plane.minter.mint(grant, lifetimeSeconds: 900).text
    }

    var head: Int { plane.services.journal.head }
    /// How far those who follow can have heard: it comes after the journal's.
    var feedHead: Int { plane.services.readModels.feedHead(at: plane.services.clock.now).last.position }
}

extension APIServer {
    enum Bearer: Sendable {
        /// A system admin without an account.
        case admin
        case nobody
        case token(String)
    }

    func send(
        _ method: String, _ target: String, _ json: JSON? = nil, as bearer: Bearer = .admin,
        headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        try await send(
            method, target, bytes: json?.bytes ?? [], as: bearer, headers: headers)
    }

    /// - Parameter bytes: the body as it is.
    func send(
        _ method: String, _ target: String, bytes: [UInt8], as bearer: Bearer = .admin,
        headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        var all = headers
        if !bytes.isEmpty, !all.contains(where: { $0.0 == "Content-Type" }) {
            all.append(("Content-Type", "application/json"))
        }
        switch bearer {
        case .nobody: break
        case .admin: all.append(("Authorization", "Bearer \(admin)"))
        case .token(let token): all.append(("Authorization", "Bearer \(token)"))
        }
        let request = PlainHTTP.request(method, target, headers: all, body: bytes)
        let answer = APIAnswer(
            try await PlainHTTP.exchange(port: port, request, isHead: method == "HEAD"))
        for complaint in document.complaints(method, target, answer) {
            Issue.record("\(method) \(target.prefix(200)) → \(answer.status): \(complaint)\n\(answer.text.prefix(500))")
        }
        return answer
    }

    func get(_ target: String, as bearer: Bearer = .admin, headers: [(String, String)] = []) async throws -> APIAnswer {
        try await send("GET", target, as: bearer, headers: headers)
    }

    func put(
        _ target: String, _ json: JSON, as bearer: Bearer = .admin, headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        try await send("PUT", target, json, as: bearer, headers: headers)
    }

    func post(
        _ target: String, _ json: JSON, as bearer: Bearer = .admin, headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        try await send("POST", target, json, as: bearer, headers: headers)
    }

    func patch(
        _ target: String, _ json: JSON, as bearer: Bearer = .admin, headers: [(String, String)] = []
    ) async throws -> APIAnswer {
        try await send("PATCH", target, json, as: bearer, headers: headers)
    }

    func delete(_ target: String, as bearer: Bearer = .admin, headers: [(String, String)] = []) async throws
        -> APIAnswer
    {
        try await send("DELETE", target, as: bearer, headers: headers)
    }

    // MARK: who asks

    func token(_ permissions: Permission..., account: String? = nil, subject: String = "someone") -> Bearer {
        token(Set(permissions), account: account, subject: subject)
    }

    func token(
        _ permissions: Set<Permission>, account: String? = nil, subject: String = "someone", isSystemKey: Bool = false,
        isSystemAdmin: Bool = false, lifetimeSeconds: Int = 900
    ) -> Bearer {
        let grant = TokenGrant(
            subject: subject, name: subject.capitalized, account: account.map(AccountID.init(stored:)),
            permissions: permissions, isSystemAdmin: isSystemAdmin, isSystemKey: isSystemKey)
        return .token(plane.minter.mint(grant, lifetimeSeconds: lifetimeSeconds).text)
    }

    // MARK: what there is

    @discardableResult
    func register(_ account: String, plan: String = "pro", name: String? = nil) async throws -> APIAnswer {
        let answer = try await post(
            "/v1/admin/accounts",
            ["account_id": .string(account), "name": .string(name ?? account), "plan": .string(plan)])
        #expect(answer.status == 201)
        return answer
    }

    @discardableResult
    func connect(_ account: String, _ platform: String = "twitch") async throws -> APIAnswer {
        let answer = try await put(
            "/v1/admin/accounts/\(account)/bots/\(platform)", ["channel_id": "4711", "channel_name": "A Channel"])
        #expect(answer.status == 200)
        return answer
    }

    /// An account with a bot on Twitch, past HTTP.
    func seed(_ account: String) async throws {
        let commands = plane.services.commands, id = AccountID(stored: account)
        let request = CommandRequest.system(correlationID: "seed", commandID: "seed")
        _ = try await commands.registerAccount(id, name: account, plan: .pro, customBotAllowed: nil, request)
        _ = try await commands.connectBot(
            id, .twitch, Bot.Connection(channelID: "1", channelName: account, botUserID: nil), request)
        _ = await plane.services.readModels.wait(for: head, timeoutSeconds: 10)
    }

    /// One account on the Pro plan, connected to Twitch.
    func populate() async throws {
        try await register("acct_1")
        try await connect("acct_1")
    }
}
