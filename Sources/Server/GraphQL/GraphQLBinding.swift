import GraphQL

/// Which operation answers for a field of Query or Mutation.
package struct GraphQLBinding: Sendable {
    package let field: GraphQLField
    /// By its id.
    package let operation: String
    /// It keeps its thread busy for longer than others should have to wait.
    let takesLong: Bool

    private init(_ field: GraphQLField, _ operation: String, takesLong: Bool = false) {
        (self.field, self.operation, self.takesLong) = (field, operation, takesLong)
    }

    /// The field is the operation's `data`.
    static func plain(
        _ name: String, _ operation: String, only: String? = nil, renames: [String: String] = [:], rows: Int = 1,
        takesLong: Bool = false
    ) -> GraphQLBinding {
        GraphQLBinding(
            GraphQLField(name, only: only, renames: renames, rows: rows), operation, takesLong: takesLong)
    }

    /// The field has the `data` in one of its members, beside those of the `meta`.
    static func page(
        _ name: String, _ operation: String, of member: String, rows: Int = 25, takesLong: Bool = false
    ) -> GraphQLBinding {
        GraphQLBinding(GraphQLField(name, as: member, rows: rows), operation, takesLong: takesLong)
    }

    static func command(
        _ name: String, _ operation: String, gives member: String, renames: [String: String] = [:],
        takesLong: Bool = false
    ) -> GraphQLBinding {
        GraphQLBinding(
            GraphQLField(name, as: member, renames: renames, meta: ["visible": true, "replayed": false]), operation,
            takesLong: takesLong)
    }
}

extension GraphQLBinding {
    private static let module = ["name": "module_name"]

    package static let all: [GraphQLBinding] = queries + commands + writes

    private static let queries: [GraphQLBinding] = [
        .plain("botModules", "listBotModules", only: "builtin", rows: 4),
        .plain("botModule", "getBotModule", renames: module),
        .plain("backtestBotModule", "backtestBotModule", renames: module, rows: 100, takesLong: true),
        .plain("extensionInstalls", "listBotModules", only: "extension", rows: 25),
        .plain("extensionInstall", "getInstall"),
        .page("adminBotStatuses", "listBotStatuses", of: "statuses"),
        .plain("adminProviders", "listProviders", rows: 5), .plain("adminProvider", "getProvider"),
        .page("adminAccounts", "listAccounts", of: "accounts"), .plain("adminAccount", "getAccount"),
        .page("extensions", "listExtensions", of: "extensions"), .plain("extension", "getExtension"),
        .page("adminExtensions", "listAllExtensions", of: "extensions"),
        .plain("adminExtensionBundle", "getExtensionBundle"),
        .page("auditEvents", "listEvents", of: "events", rows: 50, takesLong: true),
        .page("auditDiff", "getDiff", of: "changes"),
        .plain("auditEvent", "getEvent"), .plain("auditLog", "getAuditLog"),
        .plain("auditEventProof", "getEventProof"), .plain("auditConsistency", "getConsistency"),
        .plain("auditReversal", "previewReversal"), .page("auditSecurity", "listSecurity", of: "lines", rows: 50),
        .page("adminKeys", "listKeys", of: "keys"), .plain("adminKey", "getKey"),
        .page("adminWebhooks", "listWebhooks", of: "webhooks"), .plain("adminWebhook", "getWebhook"),
        .page("adminParkedDeliveries", "listParkedDeliveries", of: "deliveries"),
        .page("adminWorkers", "listWorkers", of: "workers"),
        .page("adminModerationLog", "listModeration", of: "lines", rows: 50, takesLong: true),
        .plain("adminProjections", "getProjections", takesLong: true),
    ]

    private static let commands: [GraphQLBinding] = [
        .command("updateBotModule", "updateBotModule", gives: "botModule", renames: module),
        .command("deleteBotModule", "deleteBotModule", gives: "botModule", renames: module),
        .command("adminToggleBotForAccount", "setBotPaused", gives: "botStatus"),
        .command("adminSwitchBots", "switchBots", gives: "bulkSwitch"),
        .command("adminSwitchProvider", "switchProvider", gives: "provider"),
        .command("adminLinkBotIdentity", "linkBotIdentity", gives: "provider"),
        .command("adminUnlinkBotIdentity", "unlinkBotIdentity", gives: "provider"),
        .command("adminRegisterAccount", "registerAccount", gives: "account"),
        .command("adminChangeAccount", "changeAccount", gives: "account"),
        .command("adminConnectBot", "connectBot", gives: "botStatus"),
        .command("adminDisconnectBot", "disconnectBot", gives: "botStatus"),
        .command("installExtension", "installExtension", gives: "install"),
        .command("switchExtensionInstall", "switchInstall", gives: "install"),
        .command("configureExtensionInstall", "configureInstall", gives: "install"),
        .command("overrideExtensionTriggers", "overrideTriggers", gives: "install"),
        .command("setExtensionExemptRoles", "setInstallExemptRoles", gives: "install"),
        .command("upgradeExtensionInstall", "upgradeInstall", gives: "install"),
        .command("uninstallExtension", "uninstallExtension", gives: "install"),
        .command("killExtensionInstall", "killInstall", gives: "install"),
        .command("submitExtension", "submitExtension", gives: "extension", takesLong: true),
        .command("adminReviewExtension", "reviewExtension", gives: "extension"),
        .command("adminPublishExtension", "publishExtension", gives: "extension"),
        .command("adminSuspendExtension", "suspendExtension", gives: "extension"),
        .command("adminReinstateExtension", "reinstateExtension", gives: "extension"),
        .command("revertAuditEvent", "revertEvent", gives: "reversal"),
    ]

    /// They change what is neither history nor derived.
    private static let writes: [GraphQLBinding] = [
        .plain("adminCreateKey", "createKey"), .plain("adminRevokeKey", "revokeKey"),
        .plain("adminRevokeToken", "revokeToken"), .plain("adminForgetWorker", "forgetWorker"),
        .plain("adminRotateLogKey", "rotateLogKey"), .plain("adminEraseSubject", "eraseSubject", takesLong: true),
        .plain("adminCreateWebhook", "createWebhook"), .plain("adminChangeWebhook", "changeWebhook"),
        .plain("adminDeleteWebhook", "deleteWebhook"), .plain("adminReplayWebhook", "replayWebhook"),
        .plain("adminRotateWebhookSecret", "rotateWebhookSecret"),
        .plain("adminRebuildProjections", "rebuildProjections", takesLong: true),
    ]
}
