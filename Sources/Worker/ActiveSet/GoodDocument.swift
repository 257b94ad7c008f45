import BotModules
import Domain

/// A document that was read and found to be right.
enum GoodDocument: Equatable, Sendable {
    case account(AccountDocument)
    case provider(ProviderDocument)
    case bot(BotDocument)
    case botModule(AccountID, ActiveModule)
    case extensionInstall(ExtensionInstallDocument)
    /// Of an extension no worker needs to know more than whether it may run at all.
    case extensionState(ExtensionID, isSuspended: Bool)
    case botCommand(CommandScope, CommandName, value: [UInt8])
    /// Right, and of no use to a worker as yet.
    case unused
    /// Of a kind that only a newer program knows: held, and of no use here.
    case unknown

    /// - Throws: what is wrong with it, for people.
    init(_ name: DocumentKey, _ value: [UInt8]) throws {
        guard let category = name.kind.category else {
            self = .unknown
            return
        }
        let (document, entity) = try value.withUnsafeBufferPointer { bytes in
            try Self.read(category, StoredObject(bytes), value)
        }
        if let account = entity.account, AccountID(rawValue: account.rawValue) == nil {
            throw StoredObject.Unreadable("account_id must match \(AccountID.pattern)")
        }
        guard entity.key.utf8.elementsEqual(name.key.utf8) else {
            throw StoredObject.Unreadable("the document is that of \(entity.key), which is not its key")
        }
        self = document
    }

    private static func read(
        _ kind: Category, _ object: StoredObject, _ value: [UInt8]
    ) throws -> (document: GoodDocument, entity: EntityID) {
        switch kind {
        case .account:
            let document = try AccountDocument(decoding: object)
            return (.account(document), .account(document.accountID))
        case .provider:
            let document = try ProviderDocument(decoding: object)
            return (.provider(document), .provider(document.platform))
        case .bot:
            let document = try BotDocument(decoding: object)
            return (.bot(document), .bot(document.accountID, document.platform))
        case .botModule:
            let document = try BotModuleDocument(decoding: object)
            _ = try ModuleSettings(document)
            let module = ActiveModule(module: document.module, isEnabled: document.enabled, value: value)
            return (.botModule(document.accountID, module), .botModule(document.accountID, document.module))
        case .extension:
            let document = try ExtensionDocument(decoding: object)
            let state = GoodDocument.extensionState(document.extensionID, isSuspended: document.isSuspended)
            return (state, .extension(document.extensionID))
        case .extensionInstall:
            let document = try ExtensionInstallDocument(decoding: object)
            return (.extensionInstall(document), .extensionInstall(document.installID, of: document.accountID))
        case .botCommand:
            let document = try BotCommandDocument(decoding: object)
            try check(document)
            let command = GoodDocument.botCommand(document.scope, document.name, value: value)
            return (command, .botCommand(document.scope, document.name))
        case .guild: return (.unused, .guild(try GuildDocument(decoding: object).guildID))
        }
    }

    private static func check(_ command: BotCommandDocument) throws {
        guard CommandName(rawValue: command.name.rawValue) != nil else {
            throw StoredObject.Unreadable("name \(CommandName.rule)")
        }
        guard command.definition.responseType == .template else { return }
        do throws(ResponseTemplate.Wrong) {
            _ = try ResponseTemplate(command.definition.response)
        } catch {
            throw StoredObject.Unreadable("response \(error.messages.joined(separator: "; "))")
        }
    }
}
