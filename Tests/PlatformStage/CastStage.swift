/// A fake platform with people on it: what all of them tell of their cast, and let be done to it.
package protocol CastStage: Sendable {
    func withCast<Value: Sendable>(_ body: (inout StageCast) -> Value) -> Value
}

extension CastStage {
    package var bot: StageCast.Person { StageCast.bot }
    package var owner: StageCast.Person { StageCast.owner }
    package var token: String { withCast { $0.token } }
    package var refreshToken: String { withCast { $0.refreshToken } }
    package var deeds: [StageCast.Deed] { withCast { $0.deeds } }
    package func person(_ name: String) -> StageCast.Person { withCast { $0.person(name) } }
    package func makeModerator(_ name: String) { withCast { _ = $0.moderators.insert($0.person(name).id) } }
    package func revokeToken() { withCast { $0.token = StageCast.newSecret() } }
}
