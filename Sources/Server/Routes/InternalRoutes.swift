import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Projections
import Runtime

/// What our own programs tell the control plane.
struct InternalRoutes {
    private static let heartbeatsMax = 2_000

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: "/v1/internal/heartbeats", id: "recordHeartbeats",
                summary: "Say when bots were last heard of. The latest of each bot is kept; it is no history.",
                access: .system, body: Self.schema, answer: .one("Heartbeats"), handler: heartbeats),
            Operation(
                method: .get, path: "/v1/internal/bundles/{digest}", id: "getBundle",
                summary: "Fetch what an extension consists of. Check it against its digest.", access: .system,
                answer: .raw(contentType: "application/json", schema: Self.bundleSchema),
                refusals: [404: "Nothing is kept under this digest.", 503: "The file is damaged."], handler: bundle),
            Operation(
                method: .post, path: "/v1/internal/kv", id: "useKeyValues",
                summary: "Read or change what an extension keeps in one account.", access: .system,
                body: Schemas.keyValueRequest, bodyBytesMax: Self.keyValueBytesMax, answer: .one("KeyValue"),
                handler: keyValues),
        ]
    }

    /// The greatest value, written with as many escapes as JSON allows for.
    private static let keyValueBytesMax = 8 * KeyValueLimits.valueBytesMax

    private static let bundleSchema: JSON = [
        "type": "object", "required": ["files"],
        "properties": ["files": ["type": "object", "additionalProperties": ["type": "string"]]],
    ]

    private static let schema: JSON = [
        "type": "array", "maxItems": .integer(heartbeatsMax), "items": Schemas.heartbeat,
    ]

    @Sendable private func bundle(_ call: Call) async throws -> Response {
        guard let digest = BundleDigest(rawValue: call.path("digest")) else {
            throw ValidationFailed(
                path: "digest", code: "not_allowed", message: "must be a SHA-256 in lower-case hexadecimal")
        }
        let bytes: [UInt8]?
        do {
            bytes = try services.bundles.get(digest)
        } catch {
            throw APIError(.serviceUnavailable, "bundle_damaged", "\(error)")
        }
        guard let bytes else { throw APIError.notFound("there is no bundle \(digest): is it from another server?") }
        return Answers.response(.ok, ByteBuffer(bytes: bytes))
    }

    @Sendable private func keyValues(_ call: Call) async throws -> Response {
        let value: [UInt8]
        do {
            let request = try KeyValueRequest(call.json())
            guard try services.readModels.install(request.installID) != nil else {
                throw KeyValueRefusal("the extension is not installed any more: nothing is kept for it")
            }
            value = try services.runtime.perform(request.operation, for: request.installID)
        } catch KeyValueRequest.Unusable.invalid(let failures) {
            throw failures
        } catch KeyValueRequest.Unusable.refused(let refusal) {
            throw Self.refused(refusal)
        } catch let refusal as KeyValueRefusal where refusal == .unavailable {
            throw APIError(
                .serviceUnavailable, "kv_unavailable", refusal.description,
                headers: [.retryAfter: "1"])
        } catch let refusal as KeyValueRefusal {
            throw Self.refused(refusal)
        }
        return Answers.one("/v1/internal/kv") { data in
            data.object { object in
                object.name("value")
                object.raw(value)
            }
        }
    }

    private static func refused(_ refusal: KeyValueRefusal) -> APIError {
        APIError(.unprocessableContent, KeyValueRequest.refusedCode, refusal.description)
    }

    @Sendable private func heartbeats(_ call: Call) async throws -> Response {
        guard let entries = try call.json().array else {
            throw ValidationFailed(path: "", code: "wrong_type", message: "must be an array of heartbeats")
        }
        guard entries.count <= Self.heartbeatsMax else {
            throw ValidationFailed(
                path: "", code: "too_many",
                message: "has \(entries.count) heartbeats; send at most \(Self.heartbeatsMax) at once")
        }
        var reader = ObjectReader(.emptyObject), beats: [Heartbeat] = []
        for (index, entry) in entries.enumerated() {
            reader.collect { () throws(ValidationFailed) in
                beats.append(try Heartbeat(entry, path: String(index)))
            }
        }
        try reader.finish()
        services.runtime.record(beats.map { ($0.accountID, $0.platform, $0.at) })
        return Answers.one("/v1/internal/heartbeats") { data in
            data.object { $0.member("recorded", beats.count) }
        }
    }
}
