/// Every read that has a history, in words that both doors understand.
enum PastRead {
    static let rest = [
        "/v1/admin/bot-control/statuses", "/v1/admin/bot-control/statuses?platform=twitch&status=paused",
        "/v1/admin/bot-control/statuses?search=ONE&per_page=2&page=2", "/api/bot-statuses", "/v1/admin/providers",
        "/v1/admin/providers/twitch", "/v1/admin/providers/kick", "/v1/bot-modules?account_id=acct_1",
        "/v1/bot-modules/word_filter?account_id=acct_1", "/v1/admin/accounts?search=t", "/v1/admin/accounts/acct_1",
        "/v1/admin/accounts/acct_2", "/v1/extensions?account_id=acct_1", "/v1/extensions/\(SampleExtension.id)",
        "/v1/admin/extensions", "/v1/admin/discord-guilds?search=o", guild, "/v1/admin/bot-commands",
        "/v1/admin/bot-commands/so", "/v1/bot-commands?account_id=acct_1", "/v1/bot-commands/so?account_id=acct_1",
    ]

    static let guild = "/v1/admin/discord-guilds/9001"

    static let graphQL = [
        "adminBotStatuses(status: PAUSED asOf: $at) { total statuses { accountId accountName platform status effective"
            + " pausedReason pausedBy updatedAt revision } }",
        "adminProviders(asOf: $at) { platform enabled bot effectiveBot counts { active paused } reason revision }",
        "adminProvider(platform: TWITCH asOf: $at) { bot counts { active paused noConnection } }",
        "botModules(accountId: \"acct_1\" asOf: $at) { moduleName enabled config revision }",
        "botModule(name: \"word_filter\" accountId: \"acct_1\" asOf: $at) { enabled config }",
        "extensionInstalls(accountId: \"acct_1\" asOf: $at) { installId state version config revision }",
        "adminAccounts(asOf: $at) { total accounts { accountId name plan revision } }",
        "adminAccount(accountId: \"acct_1\" asOf: $at) { name plan revision }",
        "extensions(accountId: \"acct_1\" asOf: $at) { total extensions { extensionId state publishedVersion } }",
        "extension(extensionId: \"\(SampleExtension.id)\" asOf: $at) { state suspended manifest }",
        "adminExtensions(asOf: $at) { total extensions { extensionId state } }",
        "adminGuilds(asOf: $at) { total guilds { guildId accountId name connectedAt revision } }",
        "adminGuild(guildId: \"9001\" asOf: $at) { accountId name }",
        "adminGlobalCommands(asOf: $at) { total commands { name response } }",
        "adminGlobalCommand(name: \"so\" asOf: $at) { response revision }",
        "botCommands(accountId: \"acct_1\" asOf: $at) { total commands { name response accountId } }",
        "botCommand(name: \"so\" accountId: \"acct_1\" asOf: $at) { response accountId }",
    ]
}
