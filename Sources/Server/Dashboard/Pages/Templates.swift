import Mustache

/// The pages' templates, compiled into the program.
enum Templates {
    /// - Parameter name: of one of ours.
    static func render(_ name: String, _ view: View) -> String {
        guard let page = library.render(view, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return page
    }

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(HTMLEscaping(), named: HTMLEscaping.name)
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in sources {
            do {
                let text = String(decoding: bytes, as: UTF8.self)
                templates[name] = try MustacheTemplate(string: "{{% CONTENT_TYPE: \(HTMLEscaping.name)}}" + text)
            } catch {
                preconditionFailure("the template \(name) cannot be read: \(error)")
            }
        }
        return MustacheLibrary(templates: templates)
    }()

    private static let sources: [String: [UInt8]] = [
        "audit": PackageResources.audit_mustache,
        "board": PackageResources.board_mustache,
        "bot": PackageResources.bot_mustache,
        "bot-control": PackageResources.bot_control_mustache,
        "bot-module": PackageResources.bot_module_mustache,
        "bot-modules": PackageResources.bot_modules_mustache,
        "bulk": PackageResources.bulk_mustache,
        "bulk-preview": PackageResources.bulk_preview_mustache,
        "bulk-result": PackageResources.bulk_result_mustache,
        "bundle": PackageResources.bundle_mustache,
        "diff": PackageResources.diff_mustache,
        "event": PackageResources.event_mustache,
        "extension": PackageResources.extension_mustache,
        "extensions": PackageResources.extensions_mustache,
        "fields": PackageResources.fields_mustache,
        "install": PackageResources.install_mustache,
        "layout": PackageResources.layout_mustache,
        "message": PackageResources.message_mustache,
        "moderation-log": PackageResources.moderation_log_mustache,
        "notice": PackageResources.notice_mustache,
        "proof": PackageResources.proof_mustache,
        "provider-switch": PackageResources.provider_switch_mustache,
        "providers": PackageResources.providers_mustache,
        "reviews": PackageResources.reviews_mustache,
        "sign-in": PackageResources.sign_in_mustache,
        "submission": PackageResources.submission_mustache,
        "workers": PackageResources.workers_mustache,
    ]
}
