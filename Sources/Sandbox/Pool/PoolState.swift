import Domain
import Foundation

/// Which install is where, and which children there are.
struct PoolState {
    struct Slot {
        var child: ChildProcess?
        /// A child is being started, or restored.
        var isStarting = false
        /// What came meanwhile.
        var parked: [PendingCall] = []
        /// How many children in a row have ended before they were ready, and when it is worth trying again.
        var failuresInRow = 0
        var notBeforeNanoseconds: UInt64 = 0
        var lastFailure: SandboxFailure?
        var installs = 0
    }

    enum Destination {
        case child(ChildProcess)
        case parked, missing, closed
    }

    var slots: [Slot]
    var installs: [InstallID: Placement] = [:]
    /// The snapshot's descriptor, once there is one.
    var snapshot: Int32?
    var confinement: SandboxConfinement?
    var isClosed = false

    init(slots count: Int) {
        slots = Array(repeating: Slot(), count: count)
    }

    /// Where an install is, or where there is the most room.
    mutating func place(_ program: SandboxedProgram, number: UInt64) -> Placement {
        let emptiest = slots.indices.min { slots[$0].installs < slots[$1].installs } ?? 0
        let slot = installs[program.install]?.slot ?? emptiest
        slots[slot].installs += 1
        return Placement(program, number: number, slot: slot)
    }

    mutating func abandon(_ placement: Placement) { slots[placement.slot].installs -= 1 }

    /// - Returns: what it replaces.
    mutating func settle(_ placement: Placement, _ triggers: [DeclaredTrigger]) -> Placement? {
        let places = Dictionary(triggers.enumerated().map { ($1.trigger.id, $0) }) { first, _ in first }
        let placement = Placement(
            placement.program, number: placement.number, slot: placement.slot, triggers: places)
        let replaced = installs.updateValue(placement, forKey: placement.program.install)
        if let replaced { abandon(replaced) }
        return replaced
    }

    func find(_ install: InstallID, _ trigger: String) -> (Placement, Int)? {
        guard let placement = installs[install], let place = placement.triggers[trigger] else { return nil }
        return (placement, place)
    }

    mutating func remove(_ install: InstallID) -> Placement? {
        let placement = installs.removeValue(forKey: install)
        if let placement { abandon(placement) }
        return placement
    }

    mutating func destination(of call: PendingCall, _ slot: Int) -> Destination {
        if isClosed { return .closed }
        if slots[slot].isStarting {
            slots[slot].parked.append(call)
            return .parked
        }
        return slots[slot].child.map { .child($0) } ?? .missing
    }

    /// Calls of a slot's child, and those that wait for it.
    mutating func take(from slot: Int, where fits: (PendingCall) -> Bool) -> [PendingCall] {
        let parked = slots[slot].parked.filter(fits)
        slots[slot].parked.removeAll(where: fits)
        return parked + (slots[slot].child?.take(where: fits) ?? [])
    }

    mutating func close() -> (children: [ChildProcess], parked: [PendingCall]) {
        isClosed = true
        installs = [:]
        if let snapshot { Foundation.close(snapshot) }
        snapshot = nil
        let (children, parked) = (slots.compactMap(\.child), slots.flatMap(\.parked))
        for slot in slots.indices { slots[slot].parked = [] }
        return (children, parked)
    }
}
