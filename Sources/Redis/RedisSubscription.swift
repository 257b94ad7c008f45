import Foundation

extension RedisSession {
    /// Listens to channels until the connection breaks or is closed; the session is of no other use meanwhile.
    ///
    /// - Parameter heard: is called on this thread with the channel and the message.
    /// - Throws: always in the end; `.closed` when it was ended by ourselves.
    package func subscribe(to channels: [String], heard: (String, [UInt8]) -> Void) throws {
        var command = RedisCommand("SUBSCRIBE")
        for channel in channels { command.append(channel) }
        try post(command)
        var isAsked = false
        while true {
            if let message = try receive(timeoutSeconds: limits.silenceSeconds)?.get() {
                isAsked = false
                if let parts = message.array, parts.count == 3, parts[0].text == "message",
                    let channel = parts[1].text, let bytes = parts[2].bytes
                {
                    heard(channel, bytes)
                }
            } else if isAsked {
                throw RedisError(.timedOut, "Redis has fallen silent: look at the network")
            } else {
                // A stalled network says nothing by itself.
                try post(RedisCommand("PING"))
                isAsked = true
            }
        }
    }
}
