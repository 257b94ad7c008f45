import Domain
import NIOCore

/// The loop in which a connection's machine lives: it hands over what happens, carries out what is ordered, and decides
/// nothing.
struct ChatLoop<Machine: ChatMachine>: Sendable {
    let connector: SocketConnector
    let clock: ChatClock
    let wishes: RoomWishes
    let call: @Sendable (Machine.Call) async -> Machine.Answer

    private typealias Input = ChatInput<Machine.Call, Machine.Answer>

    /// Something for the machine, and what to do when it has been dealt with.
    private struct Item: Sendable {
        let input: Input
        var done: (@Sendable () -> Void)?
        var alarm: Duration?
    }

    /// Until the task is cancelled.
    func run(_ machine: Machine, deliver: @escaping @Sendable (ChatEvent) async -> Void) async {
        let (items, sink) = AsyncStream<Item>.makeStream()
        let sockets = OpenSockets()
        wishes.attach { sink.yield(Item(input: Self.input($0))) }
        await withDiscardingTaskGroup { group in
            var machine = machine, alarm: Duration?
            for await item in items {
                if item.alarm == alarm { alarm = nil }
                for order in machine.handle(item.input, at: clock.moment) {
                    await carryOut(order, in: &group, sockets: sockets, sink: sink, deliver: deliver)
                }
                item.done?()
                setAlarm(machine.deadline, &alarm, in: &group, sink: sink)
            }
            sockets.closeAll()
            group.cancelAll()
        }
        wishes.detach()
    }

    private static func input(_ wish: RoomWishes.Wish) -> Input {
        switch wish {
        case .join(let channel, let login): .joined(channel, login: login)
        case .leave(let id): .left(channelID: id)
        case .want(let names, let id): .wanted(names, channelID: id)
        }
    }

    private func carryOut(
        _ order: ChatOrder<Machine.Call>, in group: inout DiscardingTaskGroup, sockets: OpenSockets,
        sink: AsyncStream<Item>.Continuation, deliver: @Sendable (ChatEvent) async -> Void
    ) async {
        switch order {
        case .connect(let id, let url):
            sockets.order(id)
            group.addTask { await serve(id, url: url, sockets: sockets, sink: sink) }
        case .close(let id): sockets.close(id)
        case .send(let id, let text): sockets.send(text.exposed, on: id)
        case .call(let request):
            group.addTask { sink.yield(Item(input: .answered(request, await call(request)))) }
        case .deliver(let event): await deliver(event)
        }
    }

    /// A socket may be two texts ahead of the machine, so that one which arrived in time is dealt with before the alarm
    /// that would take the other side for silent.
    private func serve(
        _ id: SocketID, url: String, sockets: OpenSockets, sink: AsyncStream<Item>.Continuation
    ) async {
        let (credits, more) = AsyncStream<Void>.makeStream()
        (0..<2).forEach { _ in more.yield() }
        var credit = credits.makeAsyncIterator()
        let closing: SocketClosing
        do {
            let channel = try await connector.connect(url) { sockets.add($0, as: id) }
            // Of several that were tried, this one.
            sockets.add(channel.channel, as: id)
            closing = try await channel.executeThenClose { inbound, _ in
                sink.yield(Item(input: .opened(id)))
                for try await text in inbound {
                    guard await credit.next() != nil else { break }
                    sink.yield(Item(input: .text(id, text)) { more.yield() })
                }
                return SocketClosing(reason: "the other side closed the connection")
            }
        } catch {
            closing = SocketConnector.closing(error)
        }
        sockets.remove(id)
        sink.yield(Item(input: .closed(id, closing)))
    }

    private func setAlarm(
        _ deadline: Duration?, _ alarm: inout Duration?, in group: inout DiscardingTaskGroup,
        sink: AsyncStream<Item>.Continuation
    ) {
        guard let deadline, alarm.map({ deadline < $0 }) ?? true else { return }
        alarm = deadline
        group.addTask {
            let rest = deadline - clock.moment.elapsed
            if rest > .zero { try? await clock.sleep(for: rest) }
            sink.yield(Item(input: .woken, alarm: deadline))
        }
    }
}
