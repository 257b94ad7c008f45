import Domain
import HTTPTypes
import Hummingbird
import Projections

/// How the read models stand, and how to make them anew under a running server.
struct ProjectionRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/projections", id: "getProjections",
                summary: "Read how far the read models have come, their digest, and what is parked.",
                access: .permission(.projectionsRead), answer: .one("Projections"), handler: status),
            Operation(
                method: .post, path: "/v1/admin/projections/rebuild", id: "rebuildProjections",
                summary: "Make the read models anew beside the live ones, compare, and go on with the new.",
                access: .permission(.projectionsEdit), answer: .one("RebuildReport"),
                refusals: [409: "A rebuild is running already."], handler: rebuild),
        ]
    }

    @Sendable private func status(_ call: Call) async throws -> Response {
        let status = try services.readModels.status(now: services.clock.now)
        return Answers.one("/v1/admin/projections") { status.encode(into: &$0) }
    }

    @Sendable private func rebuild(_ call: Call) async throws -> Response {
        guard services.beginRebuild() else {
            throw APIError(.conflict, "rebuild_running", "a rebuild is running already: wait for it")
        }
        defer { services.endRebuild() }
        let report = try await services.readModels.rebuild()
        return Answers.one("/v1/admin/projections") { report.encode(into: &$0) }
    }
}

extension ProjectionsStatus {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("head", head)
            object.member("lag_positions", lagPositions)
            object.name("lag_seconds")
            object.value(.number(String(format(lagSeconds))))
            object.member("last_change", lastChange.description)
            object.member("digest", digest)
            object.member("file", file)
            object.member("failure", orNull: failure)
            object.name("rows")
            object.object { tables in
                for (table, count) in rows {
                    tables.name(table)
                    tables.integer(count)
                }
            }
            object.name("parked")
            object.array { array in
                for stream in parked { stream.encode(into: &array) }
            }
        }
    }

    /// Seconds with three digits.
    private func format(_ seconds: Double) -> String {
        let milliseconds = Int(seconds * 1000)
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

extension ParkedStream {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("stream", stream)
            object.member("position", position)
            object.member("type", type)
            object.member("reason", reason)
        }
    }
}

extension RebuildReport {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("position", position)
            object.member("milliseconds", Int(seconds * 1000))
            object.member("digest", digest)
            object.member("file", file)
            object.name("differences")
            object.array { array in
                for difference in differences { difference.encode(into: &array) }
            }
        }
    }
}

extension RowDifference {
    fileprivate func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("table", table)
            object.member("side", side.rawValue)
            object.name("row")
            object.array { array in row.forEach { array.string($0) } }
        }
    }
}
