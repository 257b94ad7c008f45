import CHiredis

/// What Redis answers to one command.
package enum RedisReply: Equatable, Sendable {
    case null
    case integer(Int)
    /// `OK`, `PONG`, `QUEUED`.
    case status(String)
    case bytes([UInt8])
    case array([RedisReply])
    case error(RedisError)

    package var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    package var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    /// Of bytes or of a status.
    package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    package var array: [RedisReply]? { if case .array(let replies) = self { replies } else { nil } }

    package var isNull: Bool { self == .null }

    /// The answer, unless it is an error.
    package func get() throws -> RedisReply {
        if case .error(let error) = self { throw error }
        return self
    }

    /// An array of names and values, as `HGETALL` and `XINFO` answer.
    package var members: [String: RedisReply] {
        guard let array else { return [:] }
        var members: [String: RedisReply] = [:]
        for index in stride(from: 0, to: array.count - 1, by: 2) {
            if let name = array[index].text { members[name] = array[index + 1] }
        }
        return members
    }
}

extension RedisReply {
    /// - Parameter reply: stays the caller's.
    init(_ reply: UnsafeMutablePointer<redisReply>) {
        let value = reply.pointee
        switch value.type {
        case REDIS_REPLY_INTEGER: self = .integer(Int(value.integer))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(of: value), as: UTF8.self))
        case REDIS_REPLY_STRING: self = .bytes(Array(Self.bytes(of: value)))
        case REDIS_REPLY_ERROR: self = .error(RedisError(reply: String(decoding: Self.bytes(of: value), as: UTF8.self)))
        case REDIS_REPLY_ARRAY:
            self = .array((0..<value.elements).map { RedisReply(value.element[$0]!) })
        default: self = .null
        }
    }

    private static func bytes(of reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.len)
    }
}
