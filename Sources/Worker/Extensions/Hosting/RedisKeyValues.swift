import Domain
import Logging
import Redis

/// What extensions keep, in Redis: a hash for each install, and how many bytes stand in it.
///
///     {lumio}:kv:<install>        key → JSON
///     {lumio}:kv:<install>:size   bytes of keys and values
///
/// One script for each operation, so that what several workers do at once is never more than an install may keep.
package final class RedisKeyValues: KeyValueStoring {
    private let client: RedisClient
    private let keys: FeedKeys
    private let logger: Logger

    package init(
        _ url: RedisURL, keys: FeedKeys = FeedKeys(), limits: RedisSession.Limits = RedisSession.Limits(),
        logger: Logger = Logger(label: "botcontrol.kv")
    ) {
        (self.keys, self.logger) = (keys, logger)
        client = RedisClient(url, limits: limits, name: "kv")
    }

    deinit { client.close() }

    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) async throws(KeyValueRefusal) -> [UInt8] {
        let names = [keys.keyValues(install), keys.keyValuesSize(install)]
        let reply: RedisReply
        do {
            reply = try await client.perform { session in
                try session.run(Self.script(operation), keys: names) { Self.append(operation, to: &$0) }
            }
        } catch {
            logger.warning("what extensions keep cannot be reached", metadata: ["error": "\(error)"])
            throw .unavailable
        }
        return try Self.answer(operation, reply)
    }

    private static func append(_ operation: KeyValueOperation, to command: inout RedisCommand) {
        command.append(operation.key)
        switch operation {
        case .get, .delete: break
        case .set(_, let value): command.append(value.bytes)
        case .increment(_, let step): command.append(KeyValueShelf.text(step))
        case .list: command.append(KeyValueLimits.listedMax)
        }
        command.append(KeyValueLimits.sizeBytesMax)
        command.append(KeyValueLimits.keysMax)
        command.append(KeyValueShelf.text(KeyValueLimits.numberMax))
    }

    private static func answer(
        _ operation: KeyValueOperation, _ reply: RedisReply
    ) throws(KeyValueRefusal) -> [UInt8] {
        switch reply.text {
        case "full": throw .full
        case "no number": throw .noNumber
        case "too great": throw .tooGreat
        default: break
        }
        switch operation {
        case .get: return reply.bytes ?? KeyValueShelf.null
        case .set: return KeyValueShelf.null
        case .delete: return JSON.bool(reply.integer == 1).bytes
        case .increment: return reply.bytes.map { Array($0.dropFirst()) } ?? KeyValueShelf.null
        case .list: return JSON.array((reply.array ?? []).compactMap { $0.text.map { .string($0) } }).bytes
        }
    }

    private static func script(_ operation: KeyValueOperation) -> RedisScript {
        switch operation {
        case .get: read
        case .set: write
        case .delete: remove
        case .increment: add
        case .list: list
        }
    }

    private static let read = RedisScript("return redis.call('HGET', KEYS[1], ARGV[1])")

    private static let remove = RedisScript(
        """
        local former = redis.call('HGET', KEYS[1], ARGV[1])
        if not former then return 0 end
        redis.call('HDEL', KEYS[1], ARGV[1])
        redis.call('DECRBY', KEYS[2], #ARGV[1] + #former)
        return 1
        """)

    /// Shared by the two that write.
    private static let put = """
        local function put(value, size_max, keys_max)
          local former = redis.call('HGET', KEYS[1], ARGV[1])
          local size = tonumber(redis.call('GET', KEYS[2]) or '0')
          if former then size = size - #former - #ARGV[1] end
          size = size + #value + #ARGV[1]
          if size > size_max then return false end
          if not former and redis.call('HLEN', KEYS[1]) >= keys_max then return false end
          redis.call('HSET', KEYS[1], ARGV[1], value)
          redis.call('SET', KEYS[2], string.format('%.0f', size))
          return true
        end

        """

    private static let write = RedisScript(
        put + """
            if put(ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])) then return 1 end
            return 'full'
            """)

    /// The number comes behind a `=`, so that no number is taken for a refusal. 17 digits tell all doubles apart.
    private static let add = RedisScript(
        put + """
            local text = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
            if not string.match(text, '^-?%d+%.?%d*[eE]?[+-]?%d*$') then return 'no number' end
            local number = tonumber(text)
            if not number then return 'no number' end
            local sum = number + tonumber(ARGV[2])
            if math.abs(sum) > tonumber(ARGV[5]) then return 'too great' end
            local value = string.format('%.15g', sum)
            if tonumber(value) ~= sum then value = string.format('%.17g', sum) end
            if not put(value, tonumber(ARGV[3]), tonumber(ARGV[4])) then return 'full' end
            return '=' .. value
            """)

    private static let list = RedisScript(
        """
        local found = {}
        for _, key in ipairs(redis.call('HKEYS', KEYS[1])) do
          if string.sub(key, 1, #ARGV[1]) == ARGV[1] then found[#found + 1] = key end
        end
        table.sort(found)
        for place = #found, tonumber(ARGV[2]) + 1, -1 do found[place] = nil end
        return found
        """)
}
