import Domain
import NIOCore

/// The feed as server-sent events (WHATWG HTML, section 9.2): `intent`, `put`, `delete`, `bookmark`, `reset`.
enum FeedEvents {
    /// The first event of a stream: where the feed stands.
    static func intent(_ head: FeedHead) -> ByteBuffer { event("intent", data: head.bytes) }

    /// Nothing new; the feed is alive and stands here.
    static func bookmark(_ head: FeedHead) -> ByteBuffer { event("bookmark", data: head.bytes) }

    /// What the follower holds cannot be gone on from: take a snapshot.
    static func reset(_ epoch: String) -> ByteBuffer {
        var writer = JSONWriter(capacityBytes: 128)
        writer.object {
            $0.member("epoch", epoch)
            $0.member("snapshot", FeedRoutes.snapshotPath)
        }
        return event("reset", data: writer.bytes)
    }

    /// A comment, so that a follower who waits and a proxy between hear that the stream lives.
    static let pulse = ByteBuffer(string: ":\n\n")

    static func changes(_ changes: some Collection<FeedChange>) -> ByteBuffer {
        var buffer = ByteBuffer()
        for change in changes {
            buffer.writeString("event: \(change.value == nil ? "delete" : "put")\nid: \(change.id)\ndata: ")
            buffer.writeBytes(change.bytes)
            buffer.writeString("\n\n")
        }
        return buffer
    }

    /// The data is compact JSON, in which no line ends.
    private static func event(_ name: String, data: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\ndata: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
        return buffer
    }
}
