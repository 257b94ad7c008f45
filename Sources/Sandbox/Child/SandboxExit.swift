import Foundation

/// How a child ends itself, as the parent reads it.
enum SandboxExit: Int32 {
    /// The parent has gone, or has said so.
    case done = 0
    /// What the parent said is no message, or it cannot work at all.
    case broken = 80
    /// JavaScript went on although it had been stopped.
    case stuck = 81
    case memory = 82
    /// V8 gave up for another reason.
    case engine = 83

    /// At once, and from any thread: nothing of the child is worth a tidy end.
    func leave() -> Never { _exit(rawValue) }
}
