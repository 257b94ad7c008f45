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
        "bot": PackageResources.bot_mustache,
        "bot-control": PackageResources.bot_control_mustache,
        "layout": PackageResources.layout_mustache,
        "sign-in": PackageResources.sign_in_mustache,
        "message": PackageResources.message_mustache,
        "notice": PackageResources.notice_mustache,
    ]
}
