import Domain
import Hummingbird
import NIOCore
import Runtime

/// What workers without a Redis ask for on behalf of extensions.
struct ExtensionInternalRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/internal/bundles/{digest}", id: "getBundle",
                summary: "Read a bundle's bytes: their SHA-256 is the digest.", access: .system,
                answer: .raw(contentType: "application/json", schema: Schemas.bundle),
                refusals: [404: "There is no such bundle."], handler: bundle),
            Operation(
                method: .post, path: "/v1/internal/kv", id: "performKeyValue",
                summary: "Do something with what an install keeps, whole or not at all.", access: .system,
                body: Schemas.keyValueRequest, answer: .one("KeyValue"),
                refusals: [422: "Wrong, or refused to the extension (kv_refused): its author is to see the message."],
                handler: keyValue),
        ]
    }

    @Sendable private func bundle(_ call: Call) async throws -> Response {
        guard let digest = BundleDigest(rawValue: call.path("digest")) else {
            throw ValidationFailed(
                path: "digest", code: "not_allowed", message: "must be a SHA-256 in lower-case hexadecimal")
        }
        return try services.bundleAnswer(digest)
    }

    @Sendable private func keyValue(_ call: Call) async throws -> Response {
        let json = try call.json()
        let value: [UInt8]
        do throws(KeyValueRequest.Unusable) {
            value = try perform(try KeyValueRequest(json))
        } catch {
            switch error {
            case .invalid(let failures): throw failures
            case .refused(let refusal):
                throw APIError(.unprocessableContent, KeyValueRequest.refusedCode, refusal.description)
            }
        }
        return Answers.one("/v1/internal/kv") { data in
            data.object { object in
                object.name("value")
                object.raw(value)
            }
        }
    }

    private func perform(_ request: KeyValueRequest) throws(KeyValueRequest.Unusable) -> [UInt8] {
        do throws(KeyValueRefusal) {
            return try services.perform(request.operation, for: request.installID)
        } catch {
            throw .refused(error)
        }
    }
}

extension Services {
    /// A bundle as it is; it never changes.
    func bundleAnswer(_ digest: BundleDigest) throws -> Response {
        let bytes: [UInt8]?
        do throws(BundleFileError) {
            bytes = try bundle(digest)
        } catch {
            throw APIError(.serviceUnavailable, "bundle_damaged", "\(error)")
        }
        guard let bytes else { throw APIError.notFound("there is no bundle \(digest): restore it from a backup") }
        return Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "private, immutable"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
