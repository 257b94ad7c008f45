import Domain
import Redis
import Synchronization

/// Leases in Redis: a key for each bot that names its holder and ends by itself.
///
///     {lumio}:lease:<platform>:<account>   <worker> <fence>
///     {lumio}:fences                       the last fence that was given out
///     {lumio}:lease-workers:<platform>     who wants bots there, and until when he counts (ms since 1970)
///
/// Each worker has at most its share of a platform's bots, so that they spread when workers come and go: who has more
/// lets the rest go, and finds those first that it has preferred all along.
package final class RedisLeases: LeaseAuthority {
    /// Bots in one script: others must not wait long for Redis.
    private static let batch = 500

    private let client: RedisClient
    private let keys: FeedKeys
    private let worker: String
    /// What was held last: it is kept before anything else is taken.
    private let last = Mutex<Set<BotName>>([])

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
        for (platform, bots) in Dictionary(grouping: bots, by: \.platform) {
            let workers = try await present(on: platform, milliseconds)
            let share = (bots.count + workers - 1) / workers
            try await renew(inOrder(bots), share: share, milliseconds, &held)
        }
        let names = Set(held.keys)
        last.withLock { $0 = names }
        return held
    }

    /// How many workers want bots there, this one included.
    private func present(on platform: Platform, _ milliseconds: Int) async throws -> Int {
        let (key, worker) = (keys.leaseWorkers(platform), worker)
        let reply = try await client.perform { session in
            try session.run(Self.presence, keys: [key]) { command in
                command.append(worker)
                command.append(milliseconds)
            }
        }
        return max(reply.integer ?? 1, 1)
    }

    /// What is held comes first, then as this worker and no other prefers.
    private func inOrder(_ bots: [BotName]) -> [BotName] {
        let held = last.withLock { $0 }
        let ranked = bots.map { (isHeld: held.contains($0), rank: Self.rank("\(worker) \($0)"), bot: $0) }
        return ranked.sorted { ($0.isHeld ? 0 : 1, $0.rank) < ($1.isHeld ? 0 : 1, $1.rank) }.map(\.bot)
    }

    /// The same in every process (FNV-1a, 64 bits).
    private static func rank(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private func renew(
        _ bots: [BotName], share: Int, _ milliseconds: Int, _ held: inout [BotName: Int]
    ) async throws {
        var left = share
        for part in bots.parts(of: Self.batch) {
            let (keys, worker, free) = (keys, worker, left)
            let reply = try await client.perform { session in
                try session.run(Self.renewal, keys: [keys.fences] + part.map { keys.lease($0) }) { command in
                    command.append(worker)
                    command.append(milliseconds)
                    command.append(free)
                }
            }
            for (bot, fence) in zip(part, reply.array ?? []) {
                guard let fence = fence.integer, fence > 0 else { continue }
                held[bot] = fence
                left -= 1
            }
        }
    }

    package func holds(_ bot: BotName, _ fence: Int) async throws -> Bool {
        try await client.send([RedisCommand("GET", keys.lease(bot))])[0].text == "\(worker) \(fence)"
    }

    package func release(_ bots: [BotName: Int]) async throws {
        guard !bots.isEmpty else { return }
        let (worker, keys) = (worker, keys)
        _ = try await client.send(
            Set(bots.keys.map(\.platform)).map { RedisCommand("ZREM", keys.leaseWorkers($0), worker) })
        for part in Array(bots.keys).parts(of: Self.batch) {
            _ = try await client.perform { session in
                try session.run(Self.release, keys: part.map { keys.lease($0) }) { $0.append(worker) }
            }
        }
    }

    private static let presence = RedisScript(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
        return redis.call('ZCARD', KEYS[1])
        """)

    /// 0 for one that somebody else has, and for one beyond the share, which is given back.
    private static let renewal = RedisScript(
        """
        local fences = {}
        local left = tonumber(ARGV[3])
        for place = 2, #KEYS do
          local held = redis.call('GET', KEYS[place])
          local fence = 0
          if not held and left > 0 then
            fence = redis.call('INCR', KEYS[1])
            redis.call('SET', KEYS[place], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
          elseif held then
            local holder, number = string.match(held, '^(.*) (%d+)$')
            if holder == ARGV[1] and left > 0 then
              fence = tonumber(number)
              redis.call('PEXPIRE', KEYS[place], ARGV[2])
            elseif holder == ARGV[1] then
              redis.call('DEL', KEYS[place])
            end
          end
          if fence > 0 then left = left - 1 end
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

    func leaseWorkers(_ platform: Platform) -> String { "{\(prefix)}:lease-workers:\(platform.rawValue)" }

    var fences: String { "{\(prefix)}:fences" }
}

extension Array {
    fileprivate func parts(of countMax: Int) -> [[Element]] {
        stride(from: 0, to: count, by: countMax).map { Array(self[$0..<Swift.min($0 + countMax, count)]) }
    }
}
