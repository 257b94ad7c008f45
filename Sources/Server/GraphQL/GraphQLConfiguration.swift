import GraphQL

/// How GraphQL is offered.
package struct GraphQLConfiguration: Sendable {
    /// graphql-js, or why it is not there.
    package let library: Result<GraphQLLibrary, GraphQLLibrary.Missing>
    /// Whether anybody may ask for the schema.
    package let allowsIntrospection: Bool

    /// What to do when the library is not there.
    package var missing: String? {
        if case .failure(let missing) = library { "\(missing)" } else { nil }
    }

    package init(folder: String = GraphQLLibrary.debianFolder, allowsIntrospection: Bool = true) {
        library = Result { () throws(GraphQLLibrary.Missing) in try GraphQLLibrary(folder: folder) }
        self.allowsIntrospection = allowsIntrospection
    }
}
