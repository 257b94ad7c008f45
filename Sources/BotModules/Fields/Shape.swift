import Domain

/// What a value must look like; validation and JSON Schema both follow from it.
indirect enum Shape: Sendable {
    case choice([String])
    case integer(ClosedRange<Int>)
    case flag
    /// Lengths are counted in Unicode scalars.
    case text(lengthMax: Int, rule: TextRule)
    case list(of: Shape, countMax: Int)
    case object([Field])

    /// What a text must be beyond its length.
    enum TextRule: Sendable {
        case anything
        case notBlank
        /// A word or phrase in which `*` is a wildcard.
        case word
        /// A regular expression in RE2's syntax.
        case pattern
        /// A domain with an optional path prefix.
        case domain
    }
}

/// One member of an object: the row that is read by validation and schema alike.
struct Field: Sendable {
    let name: String
    let shape: Shape
    /// What counts when the member is absent; nil when it must be there.
    let fallback: JSON?
    /// One sentence for people, units and effect included.
    let description: String

    var isRequired: Bool { fallback == nil }
}
