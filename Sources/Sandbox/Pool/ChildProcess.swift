import CSandbox
import Domain
import Foundation
import JavaScript
import Synchronization

/// One child: the process, its socket, and what it was asked. A thread of its own reads what it says.
final class ChildProcess: Sendable {
    private struct State {
        var calls: [UInt64: PendingCall] = [:]
        var isOver = false, wasOverdue = false, isReaped = false
    }

    /// How it ended, and what it left behind.
    struct End {
        var status: Int32
        /// Whether the parent ended it for running too long.
        var wasOverdue: Bool
        /// The call whose JavaScript ran.
        var running: UInt64
        var calls: [PendingCall]
    }

    let slot: Int
    let beganNanoseconds = MonotonicClock.nanoseconds
    private let pid: pid_t
    private let socket: Int32
    private let boardAddress: UInt
    private let outbox: Outbox
    private let state = Mutex(State())

    /// - Parameter events: is called on the reader's thread.
    init(
        slot: Int, _ launch: ChildLaunch, snapshot: Int32, limits: SandboxLimits, events: any ChildEvents
    ) throws(ChildLaunch.Failure) {
        self.slot = slot
        var pair: [Int32] = [-1, -1]
        let error = csandbox_socket_pair(&pair)
        guard error == 0 else { throw ChildLaunch.Failure("no socket for a child", -error) }
        socket = pair[0]
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let board = csandbox_memory_file("board", page)
        let address = board < 0 ? MAP_FAILED : mmap(nil, page, PROT_READ, MAP_SHARED, board, 0)
        defer {
            close(pair[1])
            if board >= 0 { close(board) }
        }
        guard let address, address != MAP_FAILED else {
            close(pair[0])
            throw ChildLaunch.Failure("no memory for a child")
        }
        boardAddress = UInt(bitPattern: address)
        do throws(ChildLaunch.Failure) {
            pid = try launch.start(socket: pair[1], board: board, snapshot: snapshot)
        } catch {
            close(pair[0])
            munmap(address, page)
            throw error
        }
        outbox = Outbox(socket)
        var frames = FrameWriter()
        SandboxRequest.setUp(limits).write(to: &frames)
        outbox.send(frames.bytes)
        let reader = Thread { self.read(events) }
        reader.name = "sandbox \(slot)"
        reader.start()
    }

    deinit {
        munmap(UnsafeMutableRawPointer(bitPattern: boardAddress), Int(sysconf(Int32(_SC_PAGESIZE))))
    }

    var processID: pid_t { pid }

    // MARK: asking

    /// - Returns: false when it is over: then nothing was taken.
    func submit(_ call: PendingCall) -> Bool {
        let taken = state.withLock { state in
            guard !state.isOver else { return false }
            state.calls[call.number] = call
            return true
        }
        if taken { outbox.send(call.frame) }
        return taken
    }

    func send(_ frames: [UInt8]) { outbox.send(frames) }

    func send(_ request: SandboxRequest) {
        var frames = FrameWriter()
        request.write(to: &frames)
        outbox.send(frames.bytes)
    }

    func take(_ number: UInt64) -> PendingCall? { state.withLock { $0.calls.removeValue(forKey: number) } }

    /// All that fit are taken out.
    func take(where fits: (PendingCall) -> Bool) -> [PendingCall] {
        state.withLock { state in
            guard !state.calls.isEmpty else { return [] }
            let found = state.calls.values.filter(fits)
            for call in found { state.calls[call.number] = nil }
            return found
        }
    }

    /// - Returns: the call, if it may ask once more.
    func callThatAsks(_ number: UInt64, _ function: HostFunction, _ limits: SandboxLimits) -> PendingCall? {
        state.withLock { state in
            guard let call = state.calls[number], call.capabilities.contains(function.capability),
                call.asks < limits.asksPerCall, call.asksOpen < limits.asksAtOnce
            else { return nil }
            call.asks += 1
            call.asksOpen += 1
            return call
        }
    }

    func answered(_ call: PendingCall) { state.withLock { _ in call.asksOpen -= 1 } }

    var isIdle: Bool { state.withLock { $0.calls.isEmpty } }

    // MARK: ending

    /// What runs in it now, as far as it can be believed, and since when.
    var running: (call: UInt64, beganNanoseconds: UInt64) {
        guard let board = UnsafePointer<csandbox_board>(bitPattern: boardAddress) else { return (0, 0) }
        let began = UnsafeRawPointer(board).advanced(by: MemoryLayout<UInt64>.stride)
        return (
            csandbox_load(UnsafeRawPointer(board).assumingMemoryBound(to: UInt64.self)),
            csandbox_load(began.assumingMemoryBound(to: UInt64.self))
        )
    }

    func kill(isOverdue: Bool = false) {
        state.withLock { state in
            guard !state.isReaped else { return }
            if isOverdue { state.wasOverdue = true }
            // Not reaped yet, so nobody else can have its id.
            Foundation.kill(pid, SIGKILL)
        }
    }

    private func read(_ events: any ChildEvents) {
        var input = FrameInput(socket)
        reading: while input.receive() {
            while let frame = input.next() {
                guard let reply = SandboxReply(frame) else { break reading }
                events.said(reply, by: self)
            }
            if input.isBroken { break }
        }
        finish(events)
    }

    private func finish(_ events: any ChildEvents) {
        outbox.close()
        // It has closed its socket: it has ended, or has no business to go on.
        kill()
        // Reaped under the lock: nobody else may signal an id that is free again.
        let running = running.call
        let end = state.withLock { state in
            state.isOver = true
            let status = ChildLaunch.wait(for: pid)
            state.isReaped = true
            defer { state.calls = [:] }
            let calls = state.calls.values.sorted { $0.number < $1.number }
            return End(status: status, wasOverdue: state.wasOverdue, running: running, calls: calls)
        }
        events.ended(self, end)
    }
}

/// What a child's reader tells.
protocol ChildEvents: AnyObject, Sendable {
    func said(_ reply: SandboxReply, by child: ChildProcess)
    func ended(_ child: ChildProcess, _ end: ChildProcess.End)
}
