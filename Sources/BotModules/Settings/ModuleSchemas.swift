import Domain

/// The JSON Schemas (draft 2020-12) of the modules' settings, from the same rows as the validation.
///
/// They cannot say everything: that a pattern compiles and a domain exists is for the validation alone.
package enum ModuleSchemas {
    package static func config(of module: ModuleName) -> JSON {
        schema(of: module.fields, title: "The config of \(module.rawValue)")
    }

    package static let exemptRoles = schema(of: ExemptRoles.fields, title: "The exempt roles of a module")

    private static func schema(of fields: [Field], title: String) -> JSON {
        .object(
            [
                JSON.Member("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
                JSON.Member("title", .string(title)),
            ] + Shape.object(fields).schema())
    }
}
