import Domain

extension FakeDiscord {
    /// Somebody is banned; sessions that have asked for the server's moderation hear of it.
    ///
    /// - Parameter isWhole: false leaves out who it is.
    package func ban(_ name: String, isWhole: Bool = true) {
        let person = person(name)
        let user: JSON = [
            "id": .string(person.id), "username": .string(name), "global_name": nil, "discriminator": "0",
        ]
        emit(
            "GUILD_BAN_ADD",
            JSON.object([.init("guild_id", .string(Self.guildID))] + (isWhole ? [.init("user", user)] : [])),
            intent: 1 << 2)
    }
}
