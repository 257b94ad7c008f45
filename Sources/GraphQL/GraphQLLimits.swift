/// What a request may hold and take. Whoever needs more asks in several requests.
package struct GraphQLLimits: Sendable, Encodable {
    /// Of a document: words and marks, fields, aliases, fragments, levels, and errors that are told at once.
    package var tokens = 5000, fields = 1000, aliases = 100, fragments = 100, depth = 15, errors = 20
    /// Of fields that answer under one name: validation compares each two of them, in about 2 µs.
    package var pairs = 40_000
    /// Values that an answer can hold, as far as the document tells.
    package var cost = 20_000
    /// Of all documents together that an isolate keeps, in UTF-16 units.
    package var documentsLength = 192 * 1024
    /// Whether the schema may be asked for.
    package var introspection = true
    /// CPU time of one stretch of JavaScript, and how long a request may take in all.
    package var cpuMilliseconds = 1000, seconds = 60.0
    package var heapBytes = 96 << 20, youngBytes = 12 << 20, resultBytes = 8 << 20

    package init() {}
}
