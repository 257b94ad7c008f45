/// That a worker's circuit breaker has stopped an install which kept failing, or lets it run again.
package struct BreakerChange: Equatable, Sendable {
    package enum State: String, CaseIterable, Sendable { case tripped, recovered }

    package static let reasonLengthMax = 500

    package var installID: InstallID
    package var state: State
    /// For the owner: why. Nothing for a recovery.
    package var reason: String?
    /// By the worker's clock.
    package var at: Timestamp

    package init(installID: InstallID, state: State, reason: String? = nil, at: Timestamp) {
        (self.installID, self.state, self.at) = (installID, state, at)
        self.reason = reason.map { String($0.unicodeScalars.prefix(Self.reasonLengthMax)) }
    }

    /// `{install_id, state, reason, at}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("install_id", installID.rawValue)
            object.member("state", state.rawValue)
            object.member("reason", orNull: reason)
            object.member("at", at.description)
        }
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON, path: String = "") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let install = reader.install("install_id")
        let state = reader.choice("state", of: State.self)
        let reason = reader.string("reason", lengthMax: Self.reasonLengthMax)
        let at = reader.moment("at")
        let wanted = (
            reader.require("install_id", install), reader.require("state", state), reader.require("at", at)
        )
        try reader.finish()
        guard case (let install?, let state?, let at?) = wanted else { throw ValidationFailed(reader.failures) }
        self.init(installID: install, state: state, reason: reason, at: at)
    }
}
