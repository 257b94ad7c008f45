import Domain

extension Manifest {
    /// How what a program declares differs from what its manifest says; nothing when they agree. Owners consent to the
    /// manifest, so the program must not listen to anything else.
    package func differences(from declared: [ExtensionTrigger], path: String = "manifest") -> [Failure] {
        var failures: [Failure] = []
        for (index, trigger) in triggers.enumerated() {
            let place = "\(path).triggers.\(index)"
            guard let other = declared.first(where: { $0.id == trigger.id }) else {
                let message = "the program declares no trigger \(trigger.id): add it there, or leave it out here"
                failures.append(Failure(path: place, code: "trigger_mismatch", message: message))
                continue
            }
            guard other != trigger.standard else { continue }
            let message = "the program declares \(trigger.id) as \(Self.text(other)): say the same here"
            failures.append(Failure(path: place, code: "trigger_mismatch", message: message))
        }
        for trigger in declared where !triggers.contains(where: { $0.id == trigger.id }) {
            let message = "the program also declares \(Self.text(trigger)): add it here, or leave it out there"
            failures.append(Failure(path: "\(path).triggers", code: "trigger_mismatch", message: message))
        }
        return failures
    }

    private static func text(_ trigger: ExtensionTrigger) -> String {
        var writer = JSONWriter(capacityBytes: 128)
        trigger.encode(into: &writer)
        return String(String(decoding: writer.bytes, as: UTF8.self).prefix(600))
    }
}
