import Dispatch
import JavaScript
import Synchronization

/// A thread, its isolate, and the requests that are worked on there.
final class GraphQLDesk: @unchecked Sendable {
    // Only the thread touches what is not a constant.
    private let thread = IsolateThread(name: "graphql")
    private let setup: GraphQLSetup
    private let inFlight = Atomic(0)
    private let lane = Mutex<Lane?>(nil)

    private var isolate: GraphQLIsolate?
    private var requests: [UInt32: RunningRequest] = [:]
    private var requestOfPromise: [UInt32: UInt32] = [:]
    private var requestsSoFar: UInt32 = 0
    private var promisesSoFar: UInt32 = 0

    init(_ setup: GraphQLSetup) {
        self.setup = setup
    }

    /// Requests that have come and are not answered.
    var load: Int { inFlight.load(ordering: .relaxed) }

    func answer(_ request: GraphQLRequest, _ resolver: any GraphQLResolving) async -> GraphQLAnswer {
        inFlight.add(1, ordering: .relaxed)
        defer { inFlight.subtract(1, ordering: .relaxed) }
        return await withCheckedContinuation { continuation in
            thread.post { lane in
                self.start(request, RunningRequest(resolver, continuation, seconds: self.setup.limits.seconds), lane)
            }
        }
    }

    func rootFields(of request: GraphQLRequest) async throws -> [Int]? {
        try await thread.perform { lane in try self.open(lane).rootFields(of: request) }
    }

    // MARK: beside the thread

    /// Stops JavaScript that has had its time, and requests that have.
    /// - Returns: whether there is anything to look at.
    func look() -> Bool {
        if let running = lane.withLock({ $0?.running }), running.cpuNanoseconds > running.cpuNanosecondsMax {
            lane.withLock { _ = $0?.stop(running.segment, .time) }
        }
        guard load > 0 else { return false }
        thread.post { _ in self.expire() }
        return true
    }

    // MARK: on the thread

    private func open(_ lane: Lane) throws(GraphQLAnswer.Failure) -> GraphQLIsolate {
        if let isolate { return isolate }
        do {
            try JavaScriptEngine.start(.trusted)
        } catch {
            throw .broke("V8 does not start: \(error)")
        }
        // Loading the library may take longer than any request.
        lane.limit(cpuNanoseconds: .max)
        let opened = try GraphQLIsolate(on: lane, setup) { [unowned self] in ask($0, $1, $2) }
        lane.limit(cpuNanoseconds: UInt64(setup.limits.cpuMilliseconds) * 1_000_000)
        self.lane.withLock { $0 = lane }
        isolate = opened
        return opened
    }

    private func start(_ request: GraphQLRequest, _ running: RunningRequest, _ lane: Lane) {
        let opened: GraphQLIsolate
        do throws(GraphQLAnswer.Failure) {
            opened = try open(lane)
        } catch {
            return running.continuation.resume(returning: .failed(error))
        }
        requestsSoFar &+= 1
        let number = requestsSoFar
        requests[number] = running
        conclude(number, opened.run(number, request))
    }

    /// A resolver of graphql-js asks the host, which may answer at once: then nothing has to wait.
    private func ask(_ request: UInt32, _ field: Int, _ arguments: [UInt8]) -> HostReply {
        guard let running = requests[request] else { return .error("the request has ended") }
        promisesSoFar &+= 1
        let (promise, slot, resolver, thread) = (promisesSoFar, ReplySlot(), running.resolver, thread)
        let task = Task.immediate {
            let reply = await resolver.resolve(field, arguments)
            if !slot.fill(reply) { thread.post { _ in self.settle(promise, reply) } }
        }
        if let reply = slot.take() { return .json(reply) }
        running.asks[promise] = task
        requestOfPromise[promise] = request
        return .promise(promise)
    }

    private func settle(_ promise: UInt32, _ reply: [UInt8]) {
        guard let number = requestOfPromise.removeValue(forKey: promise), let isolate else { return }
        let running = requests[number]
        running?.asks[promise] = nil
        if case .stopped(let reason) = isolate.settle(promise, reply) { return breakDown(reason) }
        // Until the first stretch has ended there is nothing to ask.
        if let waiting = running?.promise { conclude(number, isolate.settled(waiting)) }
    }

    private func conclude(_ number: UInt32, _ outcome: Isolate.Outcome) {
        switch outcome {
        case .done(let bytes): finish(number, GraphQLAnswer(result: Array(bytes)))
        case .pending(let promise): requests[number]?.promise = promise
        case .threw(let message): finish(number, .failed(.broke(message)))
        case .tooLong: finish(number, .failed(.tooLarge))
        case .stopped(let reason): breakDown(reason)
        }
    }

    private func finish(_ number: UInt32, _ answer: GraphQLAnswer) {
        guard let running = requests.removeValue(forKey: number) else { return }
        for task in running.asks.values { task.cancel() }
        running.continuation.resume(returning: answer)
    }

    private func expire() {
        let now = DispatchTime.now()
        for (number, running) in requests where running.deadline < now {
            if let promise = running.promise { isolate?.forget(promise) }
            finish(number, .failed(.tookTooLong))
        }
    }

    /// The isolate cannot be used any more: the next request makes another.
    private func breakDown(_ reason: StopReason) {
        isolate = nil
        requestOfPromise = [:]
        for number in requests.keys { finish(number, .failed(.broke("JavaScript was stopped: \(reason)"))) }
    }
}

extension GraphQLAnswer {
    /// What was run has data, and it stands first; errors stand last.
    fileprivate init(result: [UInt8]) {
        guard result.starts(with: #"{"data""#.utf8) else {
            self = .refused(result)
            return
        }
        self = .executed(result, hasErrors: result.suffix(2).elementsEqual("]}".utf8))
    }
}
