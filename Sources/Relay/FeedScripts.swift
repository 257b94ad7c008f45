import Domain
import Redis

/// What Redis does in one atomic step each; every key that they touch is declared in `KEYS`, as Redis Cluster demands.
enum FeedScripts {
    /// Appends changes, or stamps the head when there are none.
    ///
    /// KEYS: head, stream, state hashes. ARGV: epoch, generation, the change that the digest is of, digest or empty,
    /// time, length of the stream, kinds of documents, then for each change: id, number of its hash, channel or empty,
    /// message, and the values of `FeedChange.fieldNames`.
    ///
    /// Answers `{"ok", tail}`; `{"hole", tail}` when the changes do not follow the tail; `{"replaced"}` when another
    /// generation serves; `{"lost"}` when something is missing or does not fit together. Everything is looked at before
    /// the first write, so nothing can stop it half-way; what is there already is skipped.
    static let append = RedisScript(
        """
        local serving = redis.call('HMGET', KEYS[1], 'epoch', 'generation', 'id', 'documents')
        if serving[1] ~= ARGV[1] or serving[2] ~= ARGV[2] then return {'replaced'} end
        if redis.call('EXISTS', KEYS[2]) == 0 then return {'lost'} end

        local tail
        local info = redis.call('XINFO', 'STREAM', KEYS[2])
        for i = 1, #info, 2 do if info[i] == 'last-generated-id' then tail = info[i + 1] end end
        local function documents()
          local sum = 0
          for i = 3, #KEYS do sum = sum + redis.call('HLEN', KEYS[i]) end
          return sum
        end
        if serving[3] ~= tail or tonumber(serving[4]) ~= documents() then return {'lost'} end

        local function numbers(id)
          local position, index = string.match(id, '^(%d+)-(%d+)$')
          return tonumber(position), tonumber(index)
        end
        local function follows(id, other)
          local p, i = numbers(id)
          local q, j = numbers(other)
          return p > q or (p == q and i > j)
        end

        local last, fresh = tail, #ARGV + 1
        for i = 8, #ARGV, 11 do
          if follows(ARGV[i], last) then
            if ARGV[i + 4] ~= last then return {'hole', tail} end
            if last == tail then fresh = i end
            last = ARGV[i]
          end
        end

        local messages = {}
        -- The state's members cannot be mistaken: inside a text their quotes would be escaped.
        local function joins(document)
          return document and string.find(document, '"connected":true', 1, true)
            and string.find(document, '"paused":false', 1, true)
        end
        for i = fresh, #ARGV, 11 do
          local id, hash, key, value = ARGV[i], KEYS[2 + ARGV[i + 1]], ARGV[i + 6], ARGV[i + 8]
          redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], id, 'previous', ARGV[i + 4], 'kind', ARGV[i + 5],
            'key', key, 'op', ARGV[i + 7], 'value', value, 'recorded_at', ARGV[i + 9], 'correlation_id', ARGV[i + 10])
          local message = ARGV[i + 3]
          if message == 'bot_join' or message == 'bot_leave' then
            local old = redis.call('HGET', hash, key)
            if old and (joins(old) and 'bot_join' or 'bot_leave') == message then message = 'bot_sync' end
          end
          if ARGV[i + 2] ~= '' then messages[#messages + 1] = {ARGV[i + 2], message} end
          if ARGV[i + 7] == 'delete' then
            redis.call('HDEL', hash, key)
          else
            redis.call('HSET', hash, key, id .. ' ' .. value)
          end
        end

        if last == ARGV[3] then
          redis.call('HSET', KEYS[1], 'id', last, 'digest', ARGV[4], 'documents', documents(), 'at', ARGV[5],
            'kinds', ARGV[7])
        end
        for _, message in ipairs(messages) do redis.call('PUBLISH', message[1], message[2]) end
        return {'ok', last}
        """)

    /// Takes the number of a new generation. KEYS: generations, head. ARGV: a number that it must exceed.
    static let begin = RedisScript(
        """
        local number = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[1])) + 1
        redis.call('SET', KEYS[1], string.format('%.0f', number))
        return number
        """)

    /// Makes a generation that is filled the one that serves.
    ///
    /// KEYS: head, new stream, new state hashes, and the old keys. ARGV: epoch and generation that served when the
    /// filling began, or empty; the new epoch, generation, last change, digest, number of documents, time; the number
    /// of new keys; seconds until the old keys expire; kinds of documents.
    ///
    /// Answers `{"ok", tail}`; `{"replaced"}` when another relay was faster; `{"lost"}` when documents are missing.
    static let swap = RedisScript(
        """
        if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
        local serving = redis.call('HMGET', KEYS[1], 'epoch', 'generation')
        if (serving[1] or '') ~= ARGV[1] or (serving[2] or '') ~= ARGV[2] then return {'replaced'} end
        local lastNew, documents = 1 + ARGV[9], 0
        for i = 3, lastNew do documents = documents + redis.call('HLEN', KEYS[i]) end
        if documents ~= tonumber(ARGV[7]) then return {'lost'} end

        -- An empty stream that remembers where it begins.
        redis.call('DEL', KEYS[2])
        redis.call('XGROUP', 'CREATE', KEYS[2], 'seed', '0', 'MKSTREAM')
        redis.call('XGROUP', 'DESTROY', KEYS[2], 'seed')
        if ARGV[5] ~= '0-0' then redis.call('XSETID', KEYS[2], ARGV[5]) end
        redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'generation', ARGV[4], 'id', ARGV[5], 'digest', ARGV[6],
          'documents', ARGV[7], 'at', ARGV[8], 'kinds', ARGV[11])
        for i = 2, lastNew do redis.call('PERSIST', KEYS[i]) end
        for i = lastNew + 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[10]) end
        return {'ok', ARGV[5]}
        """)
}

/// What the scripts answer.
enum FeedOutcome: Equatable {
    case standsAt(ChangeID), hole(ChangeID), replaced, lost

    init(_ reply: RedisReply) throws {
        let words = reply.array?.compactMap(\.text) ?? []
        switch (words.first, words.dropFirst().first.flatMap { ChangeID($0) }) {
        case ("ok", let tail?): self = .standsAt(tail)
        case ("hole", let tail?): self = .hole(tail)
        case ("replaced", _): self = .replaced
        case ("lost", _): self = .lost
        default: throw RedisError(.refused, "Redis answers a script with \(words): somebody else uses our keys")
        }
    }
}
