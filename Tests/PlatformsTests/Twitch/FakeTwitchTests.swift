import Domain
import NIOCore
import NIOHTTP1
import NIOWebSocket
import Testing
import PlatformStage

@testable import Platforms

/// The fake is as strict as Twitch, or tests against it prove nothing.
@Suite("The fake Twitch", .timeLimit(.minutes(1)))
struct FakeTwitchTests {
    /// Opens one WebSocket, does something with it, and says how it was closed.
    static func closing(
        of url: String, _ body: @escaping @Sendable (any Channel) async throws -> Void
    ) async throws -> SocketClosing {
        let socket = try await SocketConnector(authorityFile: nil).connect(url) { _ in }
        do {
            return try await socket.executeThenClose { inbound, _ in
                try await body(socket.channel)
                for try await _ in inbound {}
                return SocketClosing(reason: "ended")
            }
        } catch {
            return SocketConnector.closing(error)
        }
    }

    @Test(arguments: [WebSocketOpcode.text, .binary, .ping])
    func `closes the connection of whoever says anything but a pong`(opcode: WebSocketOpcode) async throws {
        let twitch = try await FakeTwitch.start()
        let closing = try await Self.closing(of: twitch.endpoints.eventSub) { channel in
            let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: ByteBuffer(string: "hi"))
            try await channel.eventLoop.submit {
                // Past our own side, which would never say such a thing.
                let context = try channel.pipeline.syncOperations.context(handlerType: WebSocketTexts.self)
                context.writeAndFlush(NIOAny(frame), promise: nil)
            }.get()
        }
        #expect(closing.code == 4001)
        #expect(twitch.eventSub.violations.count == 1)
        await twitch.stop()
    }

    @Test func `closes a connection that nobody subscribes to anything with`() async throws {
        var settings = FakeTwitch.Settings()
        settings.subscribeWithin = .milliseconds(300)
        let twitch = try await FakeTwitch.start(settings)
        #expect(try await Self.closing(of: twitch.endpoints.eventSub) { _ in }.code == 4003)
        #expect(try await Self.closing(of: twitch.endpoints.eventSub + "?reconnect=unknown") { _ in }.code == 4007)
        await twitch.stop()
    }

    @Test func `closes a connection that does not move`() async throws {
        var settings = FakeTwitch.Settings()
        settings.reconnectWithin = .milliseconds(300)
        let twitch = try await FakeTwitch.start(settings)
        let closing = try await Self.closing(of: twitch.endpoints.eventSub) { _ in
            // The handshake's answer comes before the session is there.
            while twitch.eventSub.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
            twitch.eventSub.reconnect()
        }
        #expect(closing.code == 4004)
        await twitch.stop()
    }

    @Test func `clears the chat of whoever names no message`() async throws {
        let twitch = try await FakeTwitch.start()
        let client = HelixClient(endpoints: twitch.endpoints), room = twitch.room("acme")
        twitch.say("hi", by: twitch.person("bob"), in: room)
        var request = APIRequest(method: .DELETE, path: "/helix/moderation/chat")
        request.query = [
            APIRequest.Parameter(name: "broadcaster_id", value: room.id),
            APIRequest.Parameter(name: "moderator_id", value: twitch.bot.id),
        ]
        let answer = try await client.send(request, as: twitch.credentials)
        #expect(answer.status == 204)
        #expect(twitch.deeds == [.cleared(room: room.id)])
        await client.close()
        await twitch.stop()
    }

    @Test func `refuses what is too long, and who is unknown`() async throws {
        let twitch = try await FakeTwitch.start()
        let client = HelixClient(endpoints: twitch.endpoints), room = twitch.room("acme")
        let body: JSON = [
            "broadcaster_id": .string(room.id), "sender_id": .string(twitch.bot.id),
            "message": .string(String(repeating: "x", count: 501)),
        ]
        let request = APIRequest(method: .POST, path: "/helix/chat/messages", body: body.bytes)
        #expect(try await client.send(request, as: twitch.credentials).status == 422)
        twitch.revokeToken()
        #expect(try await client.send(request, as: twitch.credentials).status == 401)
        await client.close()
        await twitch.stop()
    }
}
