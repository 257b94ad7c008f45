import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Synchronization

/// The port of a fake platform: its API, and the door to its WebSockets. It does what it is told to do wrong.
package final class StageServer: StagePort {
    package struct Request: Sendable {
        package let method: String, path: String
        package let query: [String: String]
        package let headers: HTTPHeaders
        package let bytes: [UInt8]

        package var body: JSON? { try? JSONParser.parse(bytes) }

        /// Of a body that is a form.
        package var form: [String: String] { StageServer.form(bytes) }
    }

    static func form(_ bytes: [UInt8]) -> [String: String] {
        let parts = URLComponents(string: "?" + String(decoding: bytes, as: UTF8.self))
        return Dictionary((parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { $1 }
    }

    package struct Answer: Sendable {
        package var status: Int
        package var headers: [(String, String)] = []
        package var body = ""

        package init(_ status: Int, headers: [(String, String)] = [], _ body: JSON? = nil) {
            (self.status, self.headers, self.body) = (status, headers, body?.text ?? "")
        }
    }

    /// What goes wrong with a request, instead of what was asked.
    package enum Fault: Sendable {
        case answer(Answer)
        /// Bytes, whatever they are.
        case raw(Int, String)
        /// Nothing comes.
        case hang
        /// The connection is closed without an answer.
        case disconnect
        /// Done, and the connection breaks within the answer's body.
        case cutBody
        /// Told everything that was sent, headers included.
        case echo
    }

    private struct State {
        var requests: [Request] = []
        var faults: [(matches: @Sendable (Request) -> Bool, fault: Fault)] = []
        var handle: @Sendable (Request) -> Answer = { _ in Answer(503) }
        var greet: (@Sendable (StageSocket, String) -> Void)?
        var sockets: [ObjectIdentifier: StageSocket] = [:]
    }

    package let port: Int
    package let authorityFile: String?
    private let door: StageDoor.Port
    private let certificate: StageCertificate?
    private let state = Mutex(State())

    private init(_ door: StageDoor.Port, _ certificate: StageCertificate?) {
        (self.door, self.certificate, port) = (door, certificate, door.port)
        authorityFile = certificate?.authorityFile
    }

    package static func start(tls: Bool = false) async throws -> StageServer {
        let certificate = tls ? try StageCertificate() : nil
        let server = StageServer(try await StageDoor(certificate: certificate).listen(), certificate)
        server.door.serve { try StageHandler.install(on: $0, of: server) }
        return server
    }

    package var api: String { "http\(certificate == nil ? "" : "s")://127.0.0.1:\(port)" }
    package var socket: String { "ws\(certificate == nil ? "" : "s")://127.0.0.1:\(port)" }

    /// - Parameter greet: gets every WebSocket, and what was asked for.
    package func serve(
        _ handle: @escaping @Sendable (Request) -> Answer,
        greet: (@Sendable (StageSocket, String) -> Void)? = nil
    ) {
        state.withLock { ($0.handle, $0.greet) = (handle, greet) }
    }

    package func stop() async {
        for socket in sockets { socket.cut() }
        try? await door.server.close().get()
        certificate?.remove()
    }

    /// What goes wrong next with the requests of one kind, one after the other.
    package func fault(
        _ fault: Fault, times: Int = 1, where matches: @escaping @Sendable (Request) -> Bool = { _ in true }
    ) {
        state.withLock { $0.faults += Array(repeating: (matches, fault), count: times) }
    }

    /// Everything that was asked, refused or not.
    package var requests: [Request] { state.withLock { $0.requests } }

    package var sockets: [StageSocket] { state.withLock { Array($0.sockets.values) } }

    func opensSocket(at uri: String) -> Bool { true }

    func open(_ channel: any Channel, uri: String) throws {
        try channel.pipeline.syncOperations.addHandler(StageFrames(StageSocket(channel), self, path: uri))
    }

    func add(_ socket: StageSocket, for path: String) {
        state.withLock { $0.sockets[ObjectIdentifier(socket)] = socket }
        state.withLock { $0.greet }?(socket, path)
    }

    func remove(_ socket: StageSocket) {
        _ = state.withLock { $0.sockets.removeValue(forKey: ObjectIdentifier(socket)) }
    }

    enum Reply {
        case nothing, close
        case answer(Answer, cut: Bool)
    }

    func take(_ request: Request) -> Reply {
        let (fault, handle) = state.withLock { state in
            state.requests.append(request)
            let index = state.faults.firstIndex { $0.matches(request) }
            return (index.map { state.faults.remove(at: $0).fault }, state.handle)
        }
        switch fault {
        case nil: return .answer(handle(request), cut: false)
        case .answer(let answer)?: return .answer(answer, cut: false)
        case .raw(let status, let text)?:
            var answer = Answer(status)
            answer.body = text
            return .answer(answer, cut: false)
        case .hang?: return .nothing
        case .disconnect?: return .close
        case .cutBody?: return .answer(handle(request), cut: true)
        case .echo?:
            let text = "\(request.headers) \(request.query) \(String(decoding: request.bytes, as: UTF8.self))"
            return .answer(Answer(400, ["message": .string(text), "error": ["message": .string(text)]]), cut: false)
        }
    }
}
