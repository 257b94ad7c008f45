import Domain
import EventStore
import Redis
import TestTools
import Testing

/// What stands in Redis, read in one step, with everything in it compared with everything else.
package struct RedisMirror: Equatable {
    package let mark: FeedMark
    package let documents: [String: [UInt8]]
    package let changes: [FeedChange]
    package let digest: DocumentDigest

    /// Two things in Redis that do not fit together.
    package struct Contradiction: Error, CustomStringConvertible {
        package let description: String
    }

    /// Documents are missing, as after somebody has deleted a hash.
    package struct Incomplete: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Returns: nil when there is no feed.
    package static func read(_ url: RedisURL, keys: FeedKeys = FeedKeys()) throws -> RedisMirror? {
        let session = try RedisSession(url)
        var head = RedisCommand("HMGET", keys.head)
        for name in FeedMark.fieldNames { head.append(name) }
        guard let first = FeedMark(fields: (try session.send(head).array ?? []).map(\.text)) else { return nil }
        let hashes = first.kinds.map { RedisCommand("HGETALL", keys.state(first.generation, $0)) }
        let stream = RedisCommand("XRANGE", keys.stream(first.generation), "-", "+")
        let replies = try session.send([RedisCommand("MULTI"), head, stream] + hashes + [RedisCommand("EXEC")])
        guard let results = try replies.last?.get().array else { return nil }
        guard let mark = FeedMark(fields: (results[0].array ?? []).map(\.text)), mark.generation == first.generation,
            mark.kinds == first.kinds
        else { return nil }
        return try RedisMirror(mark, try changes(results[1]), Array(results[2...]))
    }

    package static func changes(_ reply: RedisReply) throws -> [FeedChange] {
        try (reply.array ?? []).map { entry in
            guard let parts = entry.array, let id = parts[0].text, let fields = parts[1].array else {
                throw Contradiction(description: "an entry without an id")
            }
            return try FeedChange(id: id, fields: fields.map { $0.bytes ?? [] })
        }
    }

    private init(_ mark: FeedMark, _ changes: [FeedChange], _ hashes: [RedisReply]) throws {
        var documents: [String: [UInt8]] = [:]
        var digest = DocumentDigest()
        for (kind, hash) in zip(mark.kinds, hashes) {
            for (key, stored) in hash.members {
                guard let value = stored.bytes.flatMap(StoredDocument.value) else {
                    throw Contradiction(description: "\(key) holds no document")
                }
                documents["\(kind.rawValue)-\(key)"] = value
                digest.add(Hash(of: Array(kind.rawValue.utf8) + [0] + Array(key.utf8) + [0] + value).bytes)
            }
        }
        (self.mark, self.changes, self.documents, self.digest) = (mark, changes, documents, digest)
        try check()
    }

    /// The stream is a chain that ends at the head, and the hashes hold what it says.
    private func check() throws {
        guard documents.count == mark.documents else {
            throw Incomplete(description: "\(documents.count) documents, \(mark.documents) by the head")
        }
        if let digest = mark.digest, digest != self.digest {
            throw Contradiction(description: "the head's digest at \(mark.last) is not that of the documents")
        }
        for (one, next) in zip(changes, changes.dropFirst()) where next.previous != one.id || next.id <= one.id {
            throw Contradiction(description: "\(next.id) does not follow \(one.id)")
        }
        guard changes.isEmpty || changes.last?.id == mark.last else {
            throw Contradiction(description: "the stream ends at \(changes.last!.id), the head at \(mark.last)")
        }
        var latest: [String: [UInt8]?] = [:]
        for change in changes { latest["\(change.kind.rawValue)-\(change.key)"] = .some(change.value) }
        for (name, value) in latest where documents[name] != value {
            throw Contradiction(description: "\(name) is not what the stream says")
        }
    }
}

extension FeedStage {
    /// Whether Redis holds exactly the read models' documents now.
    package func isMirrored(in server: RedisServer) throws -> Bool {
        let head = head
        guard let mirror = try RedisMirror.read(server.url) else { return false }
        return mirror.mark.generation.epoch == head.epoch && mirror.mark.last == head.last
            && mirror.mark.digest == head.digest && mirror.digest == head.digest
    }

    /// Waits until Redis holds exactly the read models' documents.
    package func expectMirror(in server: RedisServer, location: SourceLocation = #_sourceLocation) async {
        let isSo = await eventually { try isMirrored(in: server) }
        #expect(isSo, "Redis does not hold the documents", sourceLocation: location)
    }
}
