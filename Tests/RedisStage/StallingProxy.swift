import Foundation
import Synchronization

/// A way to a port of this machine that can be made bad: it stalls without closing anything, in one direction or both,
/// cuts, or takes its time.
package final class StallingProxy: Sendable {
    package enum Direction: CaseIterable, Sendable { case up, down }

    /// What the threads between the sockets go by.
    fileprivate final class Gate: @unchecked Sendable {
        private let condition = NSCondition()
        private var stalled: Set<Direction> = []
        private var delaySeconds = 0.0
        private var isOver = false

        func set(_ stalled: Set<Direction>) { change { self.stalled = stalled } }

        func set(delaySeconds: Double) { change { self.delaySeconds = delaySeconds } }

        func end() { change { isOver = true } }

        private func change(_ body: () -> Void) {
            condition.withLock {
                body()
                condition.broadcast()
            }
        }

        /// - Returns: false when nothing passes any more.
        func pass(_ direction: Direction) -> Bool {
            let seconds = condition.withLock {
                while stalled.contains(direction), !isOver { condition.wait() }
                return isOver ? nil : delaySeconds
            }
            guard let seconds else { return false }
            if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
            return true
        }
    }

    package let port: Int
    private let target: Int
    private let listener: Int32
    private let gate = Gate()
    private let taken = Atomic(0), isClosed = Atomic(false)
    /// Both sockets of every connection that is open.
    private let sockets = Mutex<Set<Int32>>([])

    /// How many connections there were.
    package var connectionCount: Int { taken.load(ordering: .relaxed) }

    package init(to target: Int) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        (self.target, self.listener, port) = (target, listener, try RedisServer.freePort())
        let bound = Self.withLoopback(port) { bind(listener, $0, $1) }
        guard bound == 0, listen(listener, 64) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 { self?.connect(client) }
            Foundation.close(listener)
        }.start()
    }

    deinit { close() }

    /// Nothing passes, nothing is closed; new connections are taken, and stall too.
    package func stall(_ directions: Set<Direction> = Set(Direction.allCases)) { gate.set(directions) }

    /// What had stalled arrives.
    package func goOn() { gate.set([]) }

    /// Everything takes so long, each way.
    package func delay(seconds: Double) { gate.set(delaySeconds: seconds) }

    /// Ends all connections that are open.
    package func cut() {
        sockets.withLock { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    package func close() {
        guard !isClosed.exchange(true, ordering: .relaxed) else { return }
        gate.end()
        cut()
        // Wakes the thread that waits in `accept`.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func withLoopback(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    private func connect(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withLoopback(target, { Foundation.connect(server, $0, $1) }) == 0 else {
            Foundation.close(client)
            Foundation.close(server)
            return
        }
        sockets.withLock { $0.formUnion([client, server]) }
        taken.add(1, ordering: .relaxed)
        let open = OpenEnds()
        // The numbers are given back when both directions have ended, so that neither shuts a stranger's socket.
        let end: @Sendable () -> Void = { [weak self] in
            if open.endOne() == 0 { self?.forget(client, server) }
        }
        pump(from: client, to: server, .up, end)
        pump(from: server, to: client, .down, end)
    }

    private func forget(_ client: Int32, _ server: Int32) {
        sockets.withLock { sockets in
            for socket in [client, server] where sockets.remove(socket) != nil { Foundation.close(socket) }
        }
    }

    private func pump(
        from source: Int32, to sink: Int32, _ direction: Direction, _ done: @escaping @Sendable () -> Void
    ) {
        let gate = gate
        Thread {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = recv(source, &buffer, buffer.count, 0), count > 0, gate.pass(direction) {
                guard Self.sendAll(buffer[..<count], to: sink) else { break }
            }
            // The other direction ends with this one.
            shutdown(source, Int32(SHUT_RDWR))
            shutdown(sink, Int32(SHUT_RDWR))
            done()
        }.start()
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }
}

/// How many directions of a connection still run.
private final class OpenEnds: Sendable {
    private let count = Atomic(2)

    func endOne() -> Int { count.subtract(1, ordering: .relaxed).newValue }
}
