import Domain

@testable import Platforms

/// Drives a machine by hand: a test says what happens and when, and looks at what is ordered.
struct MachineBench<Machine: ChatMachine> {
    var machine: Machine
    private(set) var now = ChatMoment(elapsed: .zero, wall: Timestamp(microseconds: 1_700_000_000_000_000))
    private(set) var events: [ChatEvent] = []

    init(_ machine: Machine) { self.machine = machine }

    /// What is ordered, besides events, which are kept.
    @discardableResult
    mutating func feed(_ input: ChatInput<Machine.Call, Machine.Answer>) -> [ChatOrder<Machine.Call>] {
        machine.handle(input, at: now).filter { order in
            guard case .deliver(let event) = order else { return true }
            events.append(event)
            return false
        }
    }

    /// Moves both clocks on, and wakes the machine at each of its deadlines on the way.
    @discardableResult
    mutating func wait(_ duration: Duration) -> [ChatOrder<Machine.Call>] {
        let end = now.elapsed + duration
        var orders: [ChatOrder<Machine.Call>] = [], wakes = 0
        while let deadline = machine.deadline, deadline <= end, wakes < 1000 {
            move(to: max(deadline, now.elapsed))
            orders += feed(.woken)
            wakes += 1
        }
        precondition(wakes < 1000, "the machine never sleeps")
        move(to: end)
        return orders
    }

    private mutating func move(to elapsed: Duration) {
        let seconds = (elapsed - now.elapsed) / .seconds(1)
        now = ChatMoment(elapsed: elapsed, wall: now.wall.adding(seconds: seconds))
    }

    /// The events since the last time that it was asked.
    mutating func takeEvents() -> [ChatEvent] {
        defer { events = [] }
        return events
    }
}
