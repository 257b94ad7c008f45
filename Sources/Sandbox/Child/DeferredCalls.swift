/// Calls that wait until nothing quick is there. Their messages are kept with them.
struct DeferredCalls {
    private struct Entry {
        var call: CarriedCall, install: ChildInstall
        var context: [UInt8]
    }

    private var entries: [Entry] = []
    private var first = 0

    var isEmpty: Bool { first == entries.count }

    mutating func append(_ call: CarriedCall, _ install: ChildInstall) {
        entries.append(Entry(call: call, install: install, context: Array(call.context)))
    }

    mutating func withFirst(_ body: (CarriedCall, ChildInstall) -> Void) {
        let entry = entries[first]
        first += 1
        if first == entries.count {
            entries.removeAll(keepingCapacity: true)
            first = 0
        }
        entry.context.withUnsafeBufferPointer { context in
            var call = entry.call
            call.context = context
            body(call, entry.install)
        }
    }
}
