import Domain
import Foundation
import NIOCore
import NIOWebSocket
import Synchronization

/// One EventSub connection, and what it carries.
struct EventSubSession {
    let id: String
    let channel: any Channel
    /// The rooms by the ids of their subscriptions.
    var subscriptions: [String: String] = [:]
    /// Those to anything but chat.
    var events: [String: EventSubscription] = [:]
    /// The session whose subscriptions it takes over.
    var successor = false
    var heardAt: Timestamp

    var isEmpty: Bool { subscriptions.isEmpty && events.isEmpty }
}

/// What somebody listens to besides chat: one kind of event in one room.
struct EventSubscription: Hashable {
    let type: String, room: String
}

/// The fake's side of one EventSub connection: whoever says anything but a pong is shown the door.
final class EventSubStage: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let twitch: FakeTwitch
    private let id: String
    private let predecessor: String?

    private init(_ twitch: FakeTwitch, id: String, predecessor: String?) {
        (self.twitch, self.id, self.predecessor) = (twitch, id, predecessor)
    }

    static func install(on channel: any Channel, of twitch: FakeTwitch, uri: String) throws {
        let query = URLComponents(string: uri)?.queryItems ?? []
        let predecessor = query.first { $0.name == "reconnect" }?.value
        let id = World.newID()
        twitch.world.withLock { world in
            world.sessions[id] = EventSubSession(id: id, channel: channel, heardAt: WallClock.system.now)
        }
        try channel.pipeline.syncOperations.addHandler(EventSubStage(twitch, id: id, predecessor: predecessor))
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if let predecessor, !twitch.inherit(from: predecessor, to: id) {
            // Not together with the handshake's answer: a client may see the end before the reason then.
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .milliseconds(200)) { FakeTwitch.close(channel, code: 4007) }
            return
        }
        let session: JSON = [
            "id": .string(id), "status": "connected", "connected_at": .string(WallClock.system.now.description),
            "keepalive_timeout_seconds": .integer(twitch.settings.keepaliveSeconds), "reconnect_url": .null,
        ]
        let welcome = FakeTwitch.envelope("session_welcome", payload: ["session": session])
        FakeTwitch.send(welcome, on: context.channel)
        schedule(context)
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let (twitch, id, channel) = (twitch, id, context.channel)
        context.eventLoop.scheduleTask(in: TimeAmount(twitch.settings.subscribeWithin)) {
            if twitch.world.withLock({ $0.sessions[id]?.isEmpty == true }) {
                FakeTwitch.close(channel, code: 4003)
            }
        }
        guard twitch.settings.sendsKeepalives else { return }
        let every = TimeAmount.seconds(Int64(twitch.settings.keepaliveSeconds))
        context.eventLoop.scheduleRepeatedTask(initialDelay: every, delay: every) { task in
            guard channel.isActive else { return task.cancel() }
            FakeTwitch.send(FakeTwitch.envelope("session_keepalive", payload: [:]), on: channel)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .pong: twitch.world.withLock { $0.pongCount += 1 }
        case .connectionClose: context.close(promise: nil)
        default:
            twitch.world.withLock { $0.violations.append("\(frame.opcode)") }
            FakeTwitch.close(context.channel, code: 4001)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = twitch.world.withLock { $0.sessions.removeValue(forKey: id) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension FakeTwitch {
    /// A message of EventSub, as it goes over the wire.
    static func envelope(
        _ kind: String, payload: JSON, id: String = World.newID(), at: Timestamp? = nil,
        type: String = "channel.chat.message"
    ) -> String {
        var metadata: [JSON.Member] = [
            JSON.Member("message_id", .string(id)), JSON.Member("message_type", .string(kind)),
            JSON.Member("message_timestamp", .string((at ?? WallClock.system.now).description)),
        ]
        if kind == "notification" || kind == "revocation" {
            metadata.append(JSON.Member("subscription_type", .string(type)))
            metadata.append(JSON.Member("subscription_version", "1"))
        }
        return JSON.object([JSON.Member("metadata", .object(metadata)), JSON.Member("payload", payload)]).text
    }

    static func send(_ text: String, on channel: any Channel) {
        channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)), promise: nil)
    }

    static func close(_ channel: any Channel, code: Int) {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: code))
        data.writeString("closed by the fake")
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
        channel.writeAndFlush(frame).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Moves the subscriptions over to the connection that replaces another.
    func inherit(from predecessor: String, to id: String) -> Bool {
        world.withLock { world in
            guard let subscriptions = world.sessions[predecessor]?.subscriptions else { return false }
            world.sessions[id]?.subscriptions = subscriptions
            world.sessions[id]?.successor = true
            world.sessions[predecessor]?.subscriptions = [:]
            let events = world.sessions[predecessor]?.events ?? [:]
            world.sessions[id]?.events = events
            world.sessions[predecessor]?.events = [:]
            return true
        }
    }
}
