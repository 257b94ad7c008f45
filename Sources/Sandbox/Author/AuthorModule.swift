/// What authors import, as `@lumio/bot`.
package enum AuthorModule {
    package static let name = "@lumio/bot"

    /// What an author's editor checks against: `lumio-bot.d.ts`.
    package static var typings: String { String(decoding: PackageResources.lumio_bot_d_ts, as: UTF8.self) }

    /// Runs into the snapshot.
    package static var source: String { String(decoding: PackageResources.lumio_bot_js, as: UTF8.self) }
    package static let warmUp = "globalThis['%lumio'].warmUp()"
    /// Takes the runtime out of the extension's reach.
    static let takeRuntime = "{ const it = globalThis['%lumio']; delete globalThis['%lumio']; it }"
}
