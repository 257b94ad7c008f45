import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Projections
import Runtime

/// What monitors and newcomers ask for: health, metrics, and the API's own description.
struct HealthRoutes {
    let services: Services
    /// The OpenAPI document, made once.
    let document: @Sendable () -> ByteBuffer

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/health/live", id: "getLiveness", summary: "Say that the process runs.",
                access: .anyone, answer: .raw(contentType: "application/json", schema: Schemas.ref("Liveness")),
                handler: live),
            Operation(
                method: .get, path: "/health/ready", id: "getReadiness",
                summary: "Say whether commands can be taken: ready, or degraded with the reasons.", access: .anyone,
                answer: .raw(contentType: "application/json", schema: Schemas.ref("Readiness")),
                otherAnswers: [503: Schemas.ref("Readiness")], handler: ready),
            Operation(
                method: .get, path: "/metrics", id: "getMetrics", summary: "Read the metrics as Prometheus text.",
                access: .permission(.metricsRead),
                answer: .raw(contentType: "text/plain; version=0.0.4; charset=utf-8", schema: ["type": "string"]),
                handler: metrics),
            Operation(
                method: .get, path: "/v1/api-doc/openapi.json", id: "getOpenAPI", summary: "Read this document.",
                access: .anyone, answer: .raw(contentType: "application/json", schema: ["type": "object"]),
                handler: openAPI),
        ]
    }

    @Sendable private func live(_ call: Call) async throws -> Response {
        var writer = JSONWriter()
        writer.object { $0.member("status", "live") }
        return Answers.response(.ok, writer)
    }

    @Sendable private func ready(_ call: Call) async throws -> Response {
        let reasons = Readiness.reasons(services)
        var writer = JSONWriter()
        writer.object { object in
            object.member("status", reasons.isEmpty ? "ready" : "degraded")
            object.member("position", services.journal.head)
            object.name("reasons")
            object.array { array in
                for reason in reasons {
                    array.object {
                        $0.member("code", reason.code)
                        $0.member("message", reason.message)
                    }
                }
            }
        }
        return Answers.response(services.isStopping ? .serviceUnavailable : .ok, writer)
    }

    @Sendable private func metrics(_ call: Call) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: services.metrics.render())))
    }

    @Sendable private func openAPI(_ call: Call) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: document()))
    }
}

/// Why a server is not all that it should be, though it takes commands.
package enum Readiness {
    package struct Reason: Sendable {
        let code: String, message: String

        package init(code: String, message: String) {
            (self.code, self.message) = (code, message)
        }
    }

    static func reasons(_ services: Services) -> [Reason] {
        var reasons: [Reason] = []
        let (parked, failure) = services.readModels.trouble
        if let failure { reasons.append(Reason(code: "read_models_failing", message: failure)) }
        for stream in parked.prefix(10) {
            reasons.append(
                Reason(
                    code: "stream_parked",
                    message: "\(stream.stream) stands still since position \(stream.position): \(stream.reason)"))
        }
        let behind = services.journal.head - services.readModels.position
        if behind > 10_000 {
            reasons.append(Reason(code: "read_models_behind", message: "\(behind) events are not readable yet"))
        }
        if let notice = services.runtime.notice { reasons.append(Reason(code: "runtime_store", message: notice)) }
        if let problem = services.runtime.writeProblem {
            reasons.append(Reason(code: "runtime_store", message: problem))
        }
        if let problem = services.keySet?.problem { reasons.append(Reason(code: "key_set", message: problem)) }
        if let problem = services.log.problem { reasons.append(Reason(code: "audit_log", message: problem)) }
        reasons += services.companions.reasons
        if services.isStopping { reasons.append(Reason(code: "stopping", message: "the server is stopping")) }
        return reasons
    }
}
