import CV8

/// JavaScript's own world: one heap, one context, one queue of microtasks. It belongs to its lane's thread.
package final class Isolate {
    package struct Limits: Sendable {
        package var heapBytes = 32 << 20, bufferBytes = 16 << 20
        /// Of the newest objects; 0 for V8's own choice.
        package var youngBytes = 0
        /// Of one result's JSON.
        package var resultBytes = 1 << 20
        /// Keeps `error.stack` empty, so that looking at an error runs nothing of the script.
        package var hidesStacks = false

        package init() {}
    }

    /// A value that is kept.
    package struct Handle: Equatable, Sendable {
        let number: cv8_handle
    }

    package let lane: Lane
    private let snapshot: Snapshot?
    private let box: HostBox
    private let pointer: OpaquePointer

    /// - Parameter host: is not kept: it must live as long as the isolate.
    package init(on lane: Lane, from snapshot: Snapshot? = nil, limits: Limits = Limits(), host: any IsolateHost) {
        (self.lane, self.snapshot) = (lane, snapshot)
        box = HostBox(host)
        var options = cv8_options()
        options.snapshot = snapshot?.bytes.baseAddress
        options.snapshot_length = snapshot?.bytes.count ?? 0
        options.heap_bytes = limits.heapBytes
        options.young_bytes = limits.youngBytes
        options.buffer_bytes = limits.bufferBytes
        options.result_bytes = limits.resultBytes
        options.hides_stacks = limits.hidesStacks
        pointer = cv8_isolate_new(lane.pointer, &options, box.callbacks)
    }

    deinit { cv8_isolate_free(pointer) }
}

extension Isolate {
    /// What goes into a call.
    package enum Argument {
        case text(String)
        /// UTF-8 that is parsed on the way in, by V8 and by nothing that the script could have put in its place.
        case json(UnsafeBufferPointer<UInt8>)
        case number(Double)
        case handle(Handle)
    }

    /// How a call ended.
    package enum Outcome {
        /// What came out, as JSON: empty for nothing. The bytes live until the isolate's next call.
        case done(UnsafeBufferPointer<UInt8>)
        /// It waits for the host; `settled` asks again.
        case pending(Handle)
        /// `main.js:3: TypeError: …`
        case threw(String)
        case stopped(StopReason)
        /// The result is longer than it may be.
        case tooLong
    }

    package func run(_ source: String, name: String = "script") -> Outcome {
        Self.outcome(Self.with(source, name) { cv8_run(pointer, $0, $1, false) })
    }

    /// - Returns: the value of the script's last statement, kept; or how else it ended.
    package func keep(_ source: String, name: String = "script") -> Result<Handle, Stopped> {
        Self.handle(Self.with(source, name) { cv8_run(pointer, $0, $1, true) })
    }

    /// Loads an ES module and all that it imports, from the host.
    /// - Returns: its namespace.
    package func load(_ specifier: String) -> Result<Handle, Stopped> {
        Self.handle(Self.with(specifier, "") { specifier, _ in cv8_import(pointer, specifier) })
    }

    /// Calls a function, then runs the microtasks.
    package func call(_ function: Handle, _ arguments: Argument...) -> Outcome {
        var texts = Texts()
        let values = arguments.map { texts.value(for: $0) }
        return Self.outcome(cv8_call(pointer, function.number, values, values.count, false))
    }

    /// For what is called often: four numbers, then JSON. Nothing is allocated for it.
    package func call(
        _ function: Handle, _ numbers: (Double, Double, Double, Double), _ json: UnsafeBufferPointer<UInt8>
    ) -> Outcome {
        withUnsafeTemporaryAllocation(of: cv8_value.self, capacity: 5) { values in
            values.initialize(repeating: cv8_value())
            for index in 0..<4 { values[index].kind = CV8_NUMBER }
            values[0].number = numbers.0
            values[1].number = numbers.1
            values[2].number = numbers.2
            values[3].number = numbers.3
            values[4].kind = CV8_JSON
            values[4].text = json.text
            return Self.outcome(cv8_call(pointer, function.number, values.baseAddress, 5, false))
        }
    }

    /// How a promise stands that was pending.
    package func settled(_ promise: Handle) -> Outcome {
        Self.outcome(cv8_await(pointer, promise.number))
    }

    /// Settles a promise that the host answered with, then runs the microtasks.
    package func settle(_ promise: UInt32, _ reply: HostReply) -> Outcome {
        var texts = Texts()
        return Self.outcome(cv8_settle(pointer, promise, texts.value(for: reply)))
    }

    /// A member of a kept object.
    package func member(_ name: String, of object: Handle) -> Result<Handle, Stopped> {
        Self.handle(Self.with(name, "") { name, _ in cv8_member(pointer, object.number, name) })
    }

    /// A function that calls the host with this number.
    package func function(_ number: UInt32) -> Handle {
        Handle(number: cv8_function(pointer, number))
    }

    package func setGlobal(_ name: String, to value: Handle) -> Outcome {
        Self.outcome(Self.with(name, "") { name, _ in cv8_set_global(pointer, name, value.number) })
    }

    package func forget(_ handle: Handle) {
        cv8_forget(pointer, handle.number)
    }

    /// Lets the engine do what it has put off.
    /// - Parameter thoroughly: collects all garbage, too, and gives memory back. It takes milliseconds.
    package func tidy(thoroughly: Bool = false) {
        cv8_tidy(pointer, thoroughly)
    }

    package struct Memory: Sendable {
        package let heapBytes: Int, heapUsedBytes: Int, bufferBytes: Int
    }

    package var memory: Memory {
        let memory = cv8_isolate_memory(pointer)
        return Memory(
            heapBytes: memory.heap_bytes, heapUsedBytes: memory.heap_used_bytes, bufferBytes: memory.buffer_bytes)
    }
}

extension Isolate {
    /// Why there is no value.
    package enum Stopped: Error, Equatable {
        case threw(String)
        case stopped(StopReason)
        /// It waits for something that nobody is going to answer.
        case waits
    }

    private static func outcome(_ outcome: cv8_outcome) -> Outcome {
        switch outcome.status {
        case CV8_DONE: .done(UnsafeBufferPointer(outcome.text))
        case CV8_PENDING: .pending(Handle(number: outcome.handle))
        case CV8_THREW: .threw(String(outcome.text))
        case CV8_TOO_LONG: .tooLong
        default: .stopped(StopReason(outcome.stop))
        }
    }

    private static func handle(_ outcome: cv8_outcome) -> Result<Handle, Stopped> {
        switch outcome.status {
        case CV8_DONE: .success(Handle(number: outcome.handle))
        case CV8_PENDING: .failure(.waits)
        case CV8_THREW: .failure(.threw(String(outcome.text)))
        default: .failure(.stopped(StopReason(outcome.stop)))
        }
    }

    private static func with(
        _ first: String, _ second: String, _ body: (cv8_text, cv8_text) -> cv8_outcome
    ) -> cv8_outcome {
        var (first, second) = (first, second)
        return first.withUTF8 { first in second.withUTF8 { second in body(first.text, second.text) } }
    }
}
