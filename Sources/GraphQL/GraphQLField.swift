/// A field of Query or Mutation: whom it asks is the host's affair, by the field's place in the table.
package struct GraphQLField: Sendable, Encodable {
    package let name: String
    /// The member that holds the answer's `data`, beside those of its `meta`; nil: the field is the `data` itself.
    package let `as`: String?
    /// Only rows whose `kind` is this.
    package let only: String?
    /// Arguments that the host calls otherwise than in snake_case of their name.
    package let renames: [String: String]
    /// What stands beside `data` when the answer's `meta` does not say.
    package let meta: [String: Bool]
    /// How many rows there are when the query does not say.
    package let rows: Int

    package init(
        _ name: String, as member: String? = nil, only: String? = nil, renames: [String: String] = [:],
        meta: [String: Bool] = [:], rows: Int = 1
    ) {
        (self.name, self.as, self.only, self.renames) = (name, member, only, renames)
        (self.meta, self.rows) = (meta, rows)
    }
}
