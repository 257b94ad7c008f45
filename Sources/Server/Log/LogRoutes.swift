import Domain
import EventStore
import HTTPTypes
import Hummingbird
import NIOCore
import Transparency

/// The log of all events in the layout of C2SP tlog-tiles, for anybody's tools: hashes, and signatures over them.
struct LogRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/checkpoint", id: "getCheckpoint",
                summary: "Read how large the log is and what its root is, signed (C2SP tlog-checkpoint).",
                access: .anyone, answer: .raw(contentType: "text/plain; charset=utf-8", schema: ["type": "string"]),
                refusals: [503: "The log is not signed now."], handler: checkpoint),
            Operation(
                method: .get, path: "/tile/entries/{tile}", takesRest: true, id: "getEntryBundle",
                summary: """
                    Read up to 256 entries of the log (C2SP tlog-tiles). They name all streams: not for callers of \
                    one account.
                    """,
                access: .permission(.auditRead), answer: .raw(contentType: Self.bytes, schema: ["type": "string"]),
                refusals: [404: "There is no such bundle."], handler: entries),
            Operation(
                method: .get, path: "/tile/{level}/{tile}", takesRest: true, id: "getTile",
                summary: "Read up to 256 hashes of the log's tree (C2SP tlog-tiles).", access: .anyone,
                answer: .raw(contentType: Self.bytes, schema: ["type": "string"]),
                refusals: [404: "There is no such tile.", 503: "The tiles are being made again."], handler: tile),
        ]
    }

    private static let bytes = "application/octet-stream"

    @Sendable private func checkpoint(_ call: Call) async throws -> Response {
        let checkpoint = try services.log.open().publishIfNear()
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: checkpoint.note.bytes)))
    }

    @Sendable private func tile(_ call: Call) async throws -> Response {
        let log = try services.log.open()
        guard let address = TileAddress(level: call.path("level")[...], index: call.rest[...]),
            let leaves = address.leavesMin, leaves <= services.journal.head
        else { throw Self.noTile }
        if leaves > log.size { try log.publishIfNear() }
        guard let nodes = try log.tile(address) else { throw Self.noTile }
        return Self.immutable(nodes.withUnsafeBytes { ByteBuffer(bytes: $0) })
    }

    private static let noTile = APIError.notFound(
        "there is no such tile: a path is like /tile/0/x001/x234/067, or /tile/0/067.p/5 for a partial one")

    @Sendable private func entries(_ call: Call) async throws -> Response {
        guard call.caller.ownAccount == nil else {
            throw APIError.notFound("the entries are those of all accounts: ask for the proofs of your own events")
        }
        guard let address = TileAddress(level: "0", index: call.rest[...]), let leaves = address.leavesMin,
            leaves <= services.journal.head
        else { throw APIError.notFound("there is no such bundle: a path is like /tile/entries/x001/x234/067") }
        let filter = EventFilter(first: leaves - address.width + 1, last: leaves)
        var bundle = ByteBuffer()
        for event in try services.journal.readAll(filter, limit: address.width).events {
            let entry = event.entry
            bundle.writeInteger(UInt16(clamping: entry.utf8.count))
            bundle.writeString(entry)
        }
        return Self.immutable(bundle)
    }

    /// A tile never changes: whoever has it need not ask again.
    private static func immutable(_ body: ByteBuffer) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: bytes, .cacheControl: "public, max-age=31536000, immutable"],
            body: ResponseBody(byteBuffer: body))
    }
}
