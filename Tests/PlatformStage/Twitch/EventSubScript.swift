import Domain
import Foundation
import NIOCore
import NIOWebSocket
import Platforms
import Synchronization

/// What a test can make EventSub do.
package struct EventSubScript: Sendable {
    let twitch: FakeTwitch

    private var sessions: [EventSubSession] {
        twitch.world.withLock { $0.sessions.values.sorted { $0.heardAt < $1.heardAt } }
    }

    package var connectionCount: Int { sessions.count }

    /// The ids of the rooms that somebody listens to.
    package var rooms: Set<String> { Set(sessions.flatMap { $0.subscriptions.values }) }

    package var pongCount: Int { twitch.world.withLock { $0.pongCount } }

    /// Frames that no client may send.
    package var violations: [String] { twitch.world.withLock { $0.violations } }

    /// Whether somebody does not read what was sent.
    package var isStuck: Bool { sessions.contains { !$0.channel.isWritable } }

    package func keepalive() { send(FakeTwitch.envelope("session_keepalive", payload: [:])) }

    /// Asks every client to move to another address, and closes what has not moved in time.
    package func reconnect() {
        for session in sessions {
            let url = twitch.endpoints.eventSub + "?reconnect=" + session.id
            let payload: JSON = [
                "session": [
                    "id": .string(session.id), "status": "reconnecting", "keepalive_timeout_seconds": .null,
                    "reconnect_url": .string(url),
                ]
            ]
            FakeTwitch.send(FakeTwitch.envelope("session_reconnect", payload: payload), on: session.channel)
            session.channel.eventLoop.scheduleTask(in: TimeAmount(twitch.settings.reconnectWithin)) {
                FakeTwitch.close(session.channel, code: 4004)
            }
        }
    }

    /// Takes the right to listen to a room away.
    package func revoke(_ room: FakeTwitch.Person, status: String = "authorization_revoked") {
        for session in sessions {
            for (id, owner) in session.subscriptions where owner == room.id {
                twitch.world.withLock { $0.sessions[session.id]?.subscriptions[id] = nil }
                let payload: JSON = [
                    "subscription": [
                        "id": .string(id), "status": .string(status), "type": "channel.chat.message", "version": "1",
                        "condition": [
                            "broadcaster_user_id": .string(room.id), "user_id": .string(twitch.bot.id),
                        ],
                    ]
                ]
                FakeTwitch.send(FakeTwitch.envelope("revocation", payload: payload), on: session.channel)
            }
        }
    }

    package func close(code: Int) { sessions.forEach { FakeTwitch.close($0.channel, code: code) } }

    /// Ends the connections without a word.
    package func cut() { sessions.forEach { $0.channel.close(promise: nil) } }

    /// The last chat message once more, with the id that it had.
    package func repeatLast() {
        guard let last = twitch.world.withLock({ $0.lastNotification }) else { return }
        send(last.text)
    }

    package func ping() {
        for session in sessions {
            let frame = WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer(string: "are you there"))
            session.channel.writeAndFlush(frame, promise: nil)
        }
    }

    /// Any text, well-formed or not.
    package func send(_ text: String) { sessions.forEach { FakeTwitch.send(text, on: $0.channel) } }

    /// One text in frames of so many bytes.
    package func send(_ text: String, inPiecesOf sizeBytes: Int) {
        for session in sessions {
            var rest = ByteBuffer(string: text), opcode = WebSocketOpcode.text
            while let piece = rest.readSlice(length: min(sizeBytes, rest.readableBytes)), piece.readableBytes > 0 {
                let frame = WebSocketFrame(fin: rest.readableBytes == 0, opcode: opcode, data: piece)
                session.channel.writeAndFlush(frame, promise: nil)
                opcode = .continuation
            }
        }
    }

    /// A message of EventSub around any payload.
    package func send(_ kind: String, payload: JSON, id: String? = nil, at: Timestamp? = nil) {
        send(FakeTwitch.envelope(kind, payload: payload, id: id ?? World.newID(), at: at))
    }
}

extension FakeTwitch {
    package var eventSub: EventSubScript { EventSubScript(twitch: self) }
}
