import Domain
import NIOCore
import Synchronization

/// One connection to the fake's IRC.
struct IRCGuest {
    let channel: any Channel
    var password = "", isIn = false
    var rooms: Set<String> = []

    func send(_ line: String) {
        channel.writeAndFlush(ByteBuffer(string: line + "\r\n"), promise: nil)
    }
}

/// The fake's side of one IRC connection, by Twitch's "IRC Concepts".
final class IRCStage: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let twitch: FakeTwitch
    private var pending = ""

    private init(_ twitch: FakeTwitch) { self.twitch = twitch }

    static func install(on channel: any Channel, of twitch: FakeTwitch) throws {
        try channel.pipeline.syncOperations.addHandler(IRCStage(twitch))
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        twitch.world.withLock { $0.guests[ObjectIdentifier(channel)] = IRCGuest(channel: channel) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        _ = twitch.world.withLock { $0.guests.removeValue(forKey: ObjectIdentifier(context.channel)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += String(buffer: unwrapInboundIn(data))
        while let end = pending.firstIndex(of: "\r\n") {
            let line = String(pending[..<end])
            pending.removeSubrange(...end)
            twitch.world.withLock { answer(line, ObjectIdentifier(context.channel), in: &$0) }
        }
    }

    private func answer(_ line: String, _ id: ObjectIdentifier, in world: inout World) {
        guard var guest = world.guests[id] else { return }
        world.ircLines.append(line.hasPrefix("PASS") ? "PASS" : line)
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "CAP": guest.send(":tmi.twitch.tv CAP * ACK \(rest.dropFirst("REQ ".count))")
        case "PASS": guest.password = rest
        case "NICK": enter(&guest, as: rest, in: world)
        case "PING": guest.send(":tmi.twitch.tv PONG tmi.twitch.tv \(rest)")
        case "JOIN" where guest.isIn: join(&guest, rest, in: &world)
        case "PART" where guest.isIn: for room in Self.names(rest) { guest.rooms.remove(room) }
        default: break
        }
        world.guests[id] = guest
    }

    private func enter(_ guest: inout IRCGuest, as login: String, in world: World) {
        if let notice = world.loginNotice { return guest.send(":tmi.twitch.tv NOTICE * :\(notice)") }
        guard guest.password == "oauth:" + world.token, login == twitch.bot.login else {
            return guest.send(":tmi.twitch.tv NOTICE * :Login authentication failed")
        }
        guest.isIn = true
        guest.send(":tmi.twitch.tv 001 \(login) :Welcome, GLHF!")
        guest.send(":tmi.twitch.tv 376 \(login) :>")
    }

    private func join(_ guest: inout IRCGuest, _ list: String, in world: inout World) {
        let now = WallClock.system.now, login = twitch.bot.login
        for name in Self.names(list) {
            world.joins.removeAll { now.seconds(since: $0) >= 10 }
            world.joins.append(now)
            guard world.joins.count <= 20 else { continue }
            guard let room = world.rooms.values.first(where: { $0.owner.login == name }) else { continue }
            if room.banned.contains(twitch.bot.id) {
                guest.send("@msg-id=msg_banned :tmi.twitch.tv NOTICE #\(name) :You are permanently banned from talking")
            } else {
                guest.rooms.insert(name)
                guest.send(":\(login)!\(login)@\(login).tmi.twitch.tv JOIN #\(name)")
                guest.send("@room-id=\(room.owner.id) :tmi.twitch.tv ROOMSTATE #\(name)")
            }
        }
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { String($0.drop { $0 == "#" }) }
    }
}

/// What a test can make IRC do.
package struct IRCScript: Sendable {
    let twitch: FakeTwitch

    private var guests: [IRCGuest] { twitch.world.withLock { Array($0.guests.values) } }

    package var connectionCount: Int { guests.count }

    /// The names of the rooms that somebody is in.
    package var rooms: Set<String> { Set(guests.flatMap(\.rooms)) }

    /// What the clients have sent, without their password.
    package var lines: [String] { twitch.world.withLock { $0.ircLines } }

    package func send(_ line: String) { guests.forEach { $0.send(line) } }

    package func cut() { guests.forEach { $0.channel.close(promise: nil) } }

    /// What everybody who comes is told instead of being let in; nil lets them in again.
    package func refuse(_ notice: String?) { twitch.world.withLock { $0.loginNotice = notice } }
}

extension FakeTwitch {
    package var irc: IRCScript { IRCScript(twitch: self) }
}
