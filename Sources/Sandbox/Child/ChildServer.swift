import CSandbox
import Domain
import Foundation
import JavaScript
import Threading

/// The child's one loop: reads what the parent says, runs it, and answers. It is the thread of all its isolates.
///
/// What is known to be quick runs as it comes. The rest waits until nothing quick is there: who keeps a child busy
/// keeps mostly himself waiting.
final class ChildServer {
    /// Of the quick, after which one of the others has its turn.
    private static let quickInRowMax = 64
    /// How long finished answers may wait for others to be sent with them.
    private static let answerDelayNanosecondsMax: UInt64 = 200_000

    private static let answerBytesMax = 16 << 10

    let lane = Lane()
    let snapshot: Snapshot, limits: SandboxLimits
    private let board: UnsafeMutablePointer<csandbox_board>
    private let watchman: Watchman
    private var socket: ChildSocket
    private var installs: [UInt64: ChildInstall] = [:]
    private var spare: World?
    private var deferred = DeferredCalls()
    private var quickInRow = 0
    private var running: ChildCall?
    private var waiting: [UInt64: ChildCall] = [:]
    private var asks: [UInt32: ChildCall] = [:]
    private var lastAsk: UInt32 = 0

    init(
        _ socket: ChildSocket, snapshot: Snapshot, board: UnsafeMutablePointer<csandbox_board>, limits: SandboxLimits
    ) {
        (self.socket, self.snapshot, self.board, self.limits) = (socket, snapshot, board, limits)
        let watch = ChildWatch(lane, statm: open("/proc/self/statm", O_RDONLY | O_CLOEXEC), limits: limits)
        watchman = Watchman("watch", tickMilliseconds: 4) { watch.look() }
        // Also opens whatever V8 opens only once.
        spare = World(on: lane, from: snapshot, limits)
    }

    func serve(grants: UInt64) -> Never {
        SandboxReply.ready(grants: grants).write(to: &socket.output)
        while true {
            let count = takeAll()
            endOverdue()
            if !deferred.isEmpty { runDeferred() }
            // Where several come at once there may be more by now: their answers go together.
            if count > 1, deferred.isEmpty, socket.output.bytes.count < Self.answerBytesMax, socket.receive(.not) {
                continue
            }
            socket.flush()
            _ = socket.receive(patience)
        }
    }

    /// Does what the parent has said so far.
    private func takeAll() -> Int {
        var count = 0
        var began = MonotonicClock.nanoseconds
        while let frame = socket.next() {
            guard let request = SandboxRequest(frame) else { SandboxExit.broken.leave() }
            take(request)
            count += 1
            let now = MonotonicClock.nanoseconds
            if now - began > Self.answerDelayNanosecondsMax {
                socket.flush()
                began = now
            }
        }
        return count
    }

    /// How long to wait for the parent.
    private var patience: ChildSocket.Wait {
        if !deferred.isEmpty { return .not }
        guard let first = waiting.values.map(\.untilNanoseconds).min() else { return .forever }
        let now = MonotonicClock.nanoseconds
        return first <= now ? .not : .milliseconds(Int32(clamping: (first - now) / 1_000_000 + 1))
    }

    private func take(_ request: SandboxRequest) {
        switch request {
        case .run(let call): take(call)
        case .answer(let ask, let answer): take(answer, to: UInt32(truncatingIfNeeded: ask))
        case .load(let number, let install, let isRestored, let program):
            load(number, ChildInstall(install, program), isRestored: isRestored)
        case .retire(let install): installs[install] = nil
        case .unload(let number):
            guard let install = installs.removeValue(forKey: number) else { return }
            for call in install.waiting.values { forget(call) }
        case .setUp: SandboxExit.broken.leave()
        }
    }

    // MARK: programs

    private func load(_ number: UInt64, _ install: ChildInstall, isRestored: Bool) {
        installs[install.number] = install
        guard !isRestored else { return }
        let carried = CarriedCall(
            number: number, install: install.number, trigger: 0, nowMilliseconds: 0, seed: 0, untilNanoseconds: .max,
            context: UnsafeBufferPointer(start: nil, count: 0))
        let call = ChildCall(carried, install, now: MonotonicClock.nanoseconds)
        switch evaluate(install, for: call) {
        case .success(let triggers):
            triggers.withUnsafeBufferPointer {
                SandboxReply.loaded(number: number, triggers: $0).write(to: &socket.output)
            }
        case .failure(let failure):
            installs[install.number] = nil
            answer(call, .failed(failure))
        }
    }

    /// Makes the install's world. The board says for which call, should it end the process.
    private func evaluate(_ install: ChildInstall, for call: ChildCall) -> Result<[UInt8], SandboxFailure> {
        let world = spare ?? World(on: lane, from: snapshot, limits)
        spare = nil
        world.onAsk = { [unowned self] in ask($0, $1, for: $2, of: install) }
        world.onLog = { [unowned self] line, number in callBeginning(number)?.write(line, bytesMax: limits.logBytes) }
        lane.limit(cpuNanoseconds: UInt64(limits.loadCPU.nanoseconds))
        let result = segment(call) { world.evaluate(install.program) }
        if case .success = result { install.world = world }
        return result
    }

    private func callBeginning(_ number: UInt64) -> ChildCall? {
        running?.number == number ? running : waiting[number]
    }

    // MARK: calls

    private func take(_ call: CarriedCall) {
        guard let install = installs[call.install] else {
            return refuse(call.number, SandboxFailure(.unloaded, "the extension is not loaded here"))
        }
        if install.isQuick {
            quickInRow += 1
            begin(call, install)
            if quickInRow >= Self.quickInRowMax, !deferred.isEmpty { runDeferred() }
        } else {
            deferred.append(call, install)
        }
    }

    private func runDeferred() {
        quickInRow = 0
        socket.flush()
        deferred.withFirst { call, install in begin(call, install) }
        socket.flush()
    }

    private func begin(_ carried: CarriedCall, _ install: ChildInstall) {
        let now = MonotonicClock.nanoseconds
        guard now < carried.untilNanoseconds else {
            return refuse(carried.number, SandboxFailure(.unavailable, "the sandbox was too busy to begin in time"))
        }
        let call = ChildCall(carried, install, now: now)
        if install.world == nil, case .failure(let failure) = evaluate(install, for: call) {
            return answer(call, .failed(failure))
        }
        guard let world = install.world else { return }
        lane.limit(cpuNanoseconds: UInt64(limits.cpu.nanoseconds))
        conclude(call, segment(call) { world.call(carried) })
        if install.learn(segmentNanoseconds: call.cpuNanoseconds) { install.world?.tidy() }
    }

    /// Runs JavaScript for a call: while it does, everybody can see for which.
    private func segment<Value>(_ call: ChildCall, _ body: () -> Value) -> Value {
        let before = lane.cpuNanoseconds
        running = call
        csandbox_store(&board.pointee.began_ns, MonotonicClock.nanoseconds)
        csandbox_store(&board.pointee.call, call.number)
        watchman.call()
        defer {
            csandbox_store(&board.pointee.call, 0)
            running = nil
            call.spend(lane.cpuNanoseconds - before)
        }
        return body()
    }

    private func conclude(_ call: ChildCall, _ outcome: Isolate.Outcome) {
        switch outcome {
        case .done(let json): answer(call, .returned(Array(json)))
        case .pending(let promise):
            call.promise = promise
            waiting[call.number] = call
            call.install.waiting[call.number] = call
        case .threw(let message): answer(call, .failed(SandboxFailure(.script, message)))
        case .tooLong:
            answer(call, .failed(SandboxFailure(.result, "it returned more than \(limits.resultBytes) bytes")))
        case .stopped(let reason): discard(call, SandboxFailure(stopped: reason, limits))
        }
    }

    /// What has hit a limit is not used again: whoever waits in the same isolate ends with it.
    private func discard(_ call: ChildCall, _ failure: SandboxFailure) {
        let install = call.install
        answer(call, .failed(failure))
        for other in install.waiting.values {
            answer(other, .failed(SandboxFailure(failure.kind, "another call of the extension: \(failure.message)")))
        }
        install.world = nil
    }

    private func endOverdue() {
        guard !waiting.isEmpty else { return }
        let now = MonotonicClock.nanoseconds
        for call in waiting.values where call.untilNanoseconds <= now && waiting[call.number] != nil {
            discard(call, SandboxFailure(.timeout, "it took longer than it may, most of it waiting"))
        }
    }

    private func answer(_ call: ChildCall, _ result: HandlerEnd.Result) {
        forget(call)
        let end = call.end(result, now: MonotonicClock.nanoseconds)
        SandboxReply.ended(number: call.number, end).write(to: &socket.output)
    }

    private func refuse(_ number: UInt64, _ failure: SandboxFailure) {
        SandboxReply.ended(number: number, HandlerEnd(.failed(failure))).write(to: &socket.output)
    }

    private func forget(_ call: ChildCall) {
        guard waiting.removeValue(forKey: call.number) != nil else { return }
        call.install.waiting[call.number] = nil
        for (ask, owner) in asks where owner === call { asks[ask] = nil }
    }

    // MARK: the host

    private func ask(
        _ name: String, _ arguments: UnsafeBufferPointer<UInt8>, for number: UInt64, of install: ChildInstall
    ) -> HostReply {
        guard let call = callBeginning(number), call.install === install else { return .error("this call is over") }
        guard let function = HostFunction(rawValue: name), install.program.capabilities.contains(function.capability)
        else { return .error("\(name) is not granted") }
        if let refusal = call.begin(limits) { return .error(refusal) }
        repeat { lastAsk &+= 1 } while asks[lastAsk] != nil
        asks[lastAsk] = call
        SandboxReply.ask(ask: UInt64(lastAsk), call: number, function, arguments: arguments).write(to: &socket.output)
        return .promise(lastAsk)
    }

    private func take(_ answer: HostAnswer, to ask: UInt32) {
        guard let call = asks.removeValue(forKey: ask), let world = call.install.world else { return }
        call.answered()
        let cpuMax = UInt64(limits.cpu.nanoseconds)
        lane.limit(cpuNanoseconds: cpuMax > call.cpuNanoseconds ? cpuMax - call.cpuNanoseconds : 1)
        let outcome = segment(call) { () -> Isolate.Outcome? in
            if let failed = world.settle(ask, answer) { return failed }
            return call.promise.map { world.state(of: $0) }
        }
        guard let outcome else { return }
        conclude(call, outcome)
    }
}

extension SandboxFailure {
    fileprivate init(stopped reason: StopReason, _ limits: SandboxLimits) {
        switch reason {
        case .memory: self.init(.memory, "it took more than \(limits.heapBytes >> 20) MB of memory")
        case .time, .cancelled:
            self.init(.timeout, "it took more than \(limits.cpu.nanoseconds / 1_000_000) ms of CPU time")
        }
    }
}
