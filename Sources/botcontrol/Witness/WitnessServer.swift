import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Transparency

/// A witness's door (C2SP tlog-witness): `POST /add-checkpoint`, and `GET /key` for its own public key.
struct WitnessServer: Sendable {
    let witness: Witness

    func application(
        host: String, port: Int, onRunning: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        router.get("/key") { _, _ in Self.text(.ok, witness.key.description + "\n") }
        router.post("/add-checkpoint") { request, _ in try await add(request) }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "bot-control-witness"),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) })
    }

    private func add(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: AddCheckpoint.bytesMax)
        do {
            let request = try AddCheckpoint(Array(body.readableBytesView))
            let signature = try witness.add(request, seconds: Int(Date().timeIntervalSince1970))
            StandardOutput.write(
                "\(request.checkpoint.checkpoint.origin) \(request.checkpoint.checkpoint.size) "
                    + "\(request.checkpoint.checkpoint.root.base64) \(signature)")
            return Self.text(.ok, "\(signature)\n")
        } catch let error as NoteError {
            return Self.text(.badRequest, "\(error)\n")
        } catch let refusal as WitnessRefusal {
            return Self.refusal(refusal)
        } catch {
            StandardError.write("botcontrol: \(error)")
            return Self.text(.internalServerError, "the witness cannot sign now\n")
        }
    }

    private static func refusal(_ refusal: WitnessRefusal) -> Response {
        if case .otherSize(let signed, _) = refusal {
            var response = text(.conflict, "\(signed)\n")
            response.headers[.contentType] = "text/x.tlog.size"
            return response
        }
        StandardError.write("botcontrol: refused: \(refusal)")
        return text(HTTPResponse.Status(code: refusal.status), "\(refusal)\n")
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
