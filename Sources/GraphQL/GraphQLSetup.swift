/// What every isolate starts with.
package struct GraphQLSetup: Sendable {
    /// SDL.
    package let schema: String
    /// Of Query and Mutation, in any order.
    package let fields: [GraphQLField]
    package let limits: GraphQLLimits
    package let library: GraphQLLibrary

    package init(schema: String, fields: [GraphQLField], limits: GraphQLLimits, library: GraphQLLibrary) {
        (self.schema, self.fields, self.limits, self.library) = (schema, fields, limits, library)
    }
}
