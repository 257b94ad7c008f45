import Domain
import Projections

/// What `GET /v1/bot-modules` lists: built-in modules, and extensions beside them.
enum ListedModule {
    static func encode(_ module: BotModuleDocument, into writer: inout JSONWriter) {
        write(module.bytes, #","kind":"builtin","install_id":null}"#, into: &writer)
    }

    /// - Parameter isSuspended: whether the extension is, for all accounts.
    static func encode(_ install: ExtensionInstallDocument, isSuspended: Bool, into writer: inout JSONWriter) {
        write(install.bytes, #","kind":"extension","suspended":\#(isSuspended)}"#, into: &writer)
    }

    /// A document's members, and some besides.
    private static func write(_ document: [UInt8], _ more: String, into writer: inout JSONWriter) {
        writer.raw(document.dropLast() + Array(more.utf8))
    }
}

extension Services {
    func encode(_ install: ExtensionInstallDocument, into writer: inout JSONWriter) {
        let suspension = (try? readModels.extension(install.extensionID))?.suspension
        ListedModule.encode(install, isSuspended: suspension != nil, into: &writer)
    }
}
