import Domain
import Redis

/// Leases in Redis: a key for each bot that names its holder and ends by itself.
///
///     {lumio}:lease:<platform>:<account>   <worker> <fence>
///     {lumio}:fences                       the last fence that was given out
package final class RedisLeases: LeaseAuthority {
    /// Bots in one script: others must not wait long for Redis.
    private static let batch = 500

    private let client: RedisClient
    private let keys: FeedKeys
    private let worker: String

    package init(
        _ url: RedisURL, keys: FeedKeys = FeedKeys(), worker: String,
        limits: RedisSession.Limits = RedisSession.Limits()
    ) {
        (self.keys, self.worker) = (keys, worker)
        client = RedisClient(url, limits: limits, name: "leases")
    }

    deinit { client.close() }

    package func renew(_ bots: [BotName], for term: Duration) async throws -> [BotName: Int] {
        let milliseconds = Int(term / .milliseconds(1))
        var held: [BotName: Int] = [:]
        for part in bots.parts(of: Self.batch) {
            let (keys, worker) = (keys, worker)
            let reply = try await client.perform { session in
                try session.run(Self.renewal, keys: [keys.fences] + part.map { keys.lease($0) }) { command in
                    command.append(worker)
                    command.append(milliseconds)
                }
            }
            for (bot, fence) in zip(part, reply.array ?? []) {
                if let fence = fence.integer, fence > 0 { held[bot] = fence }
            }
        }
        return held
    }

    package func holds(_ bot: BotName, _ fence: Int) async throws -> Bool {
        try await client.send([RedisCommand("GET", keys.lease(bot))])[0].text == "\(worker) \(fence)"
    }

    package func release(_ bots: [BotName: Int]) async throws {
        for part in Array(bots.keys).parts(of: Self.batch) {
            let (keys, worker) = (keys, worker)
            _ = try await client.perform { session in
                try session.run(Self.release, keys: part.map { keys.lease($0) }) { $0.append(worker) }
            }
        }
    }

    /// 0 for one that somebody else has.
    private static let renewal = RedisScript(
        """
        local fences = {}
        for place = 2, #KEYS do
          local held = redis.call('GET', KEYS[place])
          local fence = 0
          if not held then
            fence = redis.call('INCR', KEYS[1])
            redis.call('SET', KEYS[place], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
          else
            local holder, number = string.match(held, '^(.*) (%d+)$')
            if holder == ARGV[1] then
              fence = tonumber(number)
              redis.call('PEXPIRE', KEYS[place], ARGV[2])
            end
          end
          fences[place - 1] = fence
        end
        return fences
        """)

    private static let release = RedisScript(
        """
        for _, key in ipairs(KEYS) do
          local held = redis.call('GET', key)
          if held and string.match(held, '^(.*) %d+$') == ARGV[1] then redis.call('DEL', key) end
        end
        return 0
        """)
}

extension FeedKeys {
    func lease(_ bot: BotName) -> String { "{\(prefix)}:lease:\(bot)" }

    var fences: String { "{\(prefix)}:fences" }
}

extension Array {
    fileprivate func parts(of countMax: Int) -> [[Element]] {
        stride(from: 0, to: count, by: countMax).map { Array(self[$0..<Swift.min($0 + countMax, count)]) }
    }
}
