import Domain

extension ActiveSet {
    /// For people who want to know what a worker knows:
    /// `{epoch, applied, digest, counts: {kind: n, also of unknown kinds}, nacks: […], halted: [platform], paused:
    /// [{account_id, platform, reason, until}], accounts: [{account_id, modules_allowed, bots: {platform: effective
    /// state}, modules: {name: enabled}, extensions: {install id: whether it may run}}]}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("epoch", epoch)
            object.member("applied", cursor.description)
            object.member("digest", digest.description)
            object.name("counts")
            object.object { counts in
                for kind in DocumentKind.known + unknownKinds {
                    counts.name(kind.rawValue)
                    counts.integer(count(kind))
                }
            }
            object.name("nacks")
            object.array { array in for nack in nacks { nack.encode(into: &array) } }
            object.name("halted")
            object.array { array in
                for platform in Platform.allCases where !allowsBots(platform) { array.string(platform.rawValue) }
            }
            object.name("paused")
            object.array { array in for bot in pausedBots { Self.encode(paused: bot, into: &array) } }
            object.name("accounts")
            object.array { array in
                for (id, tenant) in tenants.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    encode(id, tenant, into: &array)
                }
            }
        }
    }

    private static func encode(paused bot: BotDocument, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", bot.accountID.rawValue)
            object.member("platform", bot.platform.rawValue)
            object.member("reason", orNull: bot.pause?.reason)
            object.member("until", orNull: bot.pause?.until?.description)
        }
    }

    private func encode(_ id: AccountID, _ tenant: Tenant, into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", id.rawValue)
            object.member("modules_allowed", tenant.allowsModules)
            object.name("bots")
            object.object { bots in
                for platform in Platform.allCases where tenant.bot(on: platform) != nil {
                    bots.name(platform.rawValue)
                    bots.string(standing(of: id, on: platform).state.rawValue)
                }
            }
            object.name("modules")
            object.object { modules in
                for name in ModuleName.allCases {
                    guard let module = tenant.module(name) else { continue }
                    modules.name(name.rawValue)
                    modules.bool(module.isEnabled)
                }
            }
            object.name("extensions")
            object.object { extensions in
                for install in tenant.installs {
                    extensions.name(install.id.rawValue)
                    extensions.bool(mayRun(install))
                }
            }
        }
    }
}
