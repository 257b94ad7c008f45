import Domain

/// Something that a child was asked, and has not answered.
final class PendingCall: @unchecked Sendable {
    // Whoever takes it out of its child's table owns it, and only the table's lock lets two see it.
    enum Answer: Sendable {
        case triggers([UInt8])
        case end(HandlerEnd)
    }

    let number: UInt64
    let install: InstallID
    /// What a child knows the install by.
    let installNumber: UInt64
    let capabilities: Set<HostCapability>
    let isLoad: Bool
    /// The message itself, should another child have to be asked.
    let frame: [UInt8]
    /// When it comes back, whatever the child does.
    let deadlineNanoseconds: UInt64
    /// How many children have died over it.
    var deaths = 0
    var asks = 0, asksOpen = 0
    private let onAnswer: @Sendable (Answer) -> Void

    init(
        _ number: UInt64, _ placement: Placement, isLoad: Bool, frame: [UInt8], deadlineNanoseconds: UInt64,
        onAnswer: @escaping @Sendable (Answer) -> Void
    ) {
        (self.number, install, installNumber) = (number, placement.program.install, placement.number)
        (capabilities, self.isLoad, self.frame) = (placement.program.capabilities, isLoad, frame)
        (self.deadlineNanoseconds, self.onAnswer) = (deadlineNanoseconds, onAnswer)
    }

    /// Once.
    func answer(_ answer: Answer) { onAnswer(answer) }

    func fail(_ failure: SandboxFailure) { onAnswer(.end(HandlerEnd(.failed(failure)))) }

    /// Whether it may be run a second time: what has asked the host may have changed something there.
    var isRepeatable: Bool { asks == 0 }
}

/// Where an install is.
final class Placement: Sendable {
    let program: SandboxedProgram
    /// What its child knows it by: a new one for each program.
    let number: UInt64
    /// The place of its child.
    let slot: Int
    /// Triggers by their place in the program.
    let triggers: [String: Int]

    init(_ program: SandboxedProgram, number: UInt64, slot: Int, triggers: [String: Int] = [:]) {
        (self.program, self.number, self.slot, self.triggers) = (program, number, slot, triggers)
    }

    func frame(load: UInt64, isRestored: Bool) -> [UInt8] {
        let carried = CarriedProgram(
            main: program.main, modules: program.modules, capabilities: program.capabilities,
            settings: program.settings.bytes)
        var frames = FrameWriter()
        SandboxRequest.load(number: load, install: number, isRestored: isRestored, carried).write(to: &frames)
        return frames.bytes
    }
}
