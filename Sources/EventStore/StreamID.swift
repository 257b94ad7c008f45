/// The name of a stream: everything that has happened to one thing. Written `category-key`.
package struct StreamID: Hashable, Sendable, CustomStringConvertible {
    package let category: String, key: String
    /// Whose stream it is, when it belongs to an account; reads can be filtered by it.
    package let account: String?

    package init(category: String, key: String, account: String? = nil) {
        (self.category, self.key, self.account) = (category, key, account)
    }

    /// Reads a name back; a category holds no dash.
    package init?(name: String, account: String? = nil) {
        guard let dash = name.firstIndex(of: "-"), dash > name.startIndex else { return nil }
        self.init(
            category: String(name[..<dash]), key: String(name[name.index(after: dash)...]), account: account)
    }

    /// Of a stored row. Bytes are counted, not characters: a key may begin with what joins the dash before it.
    init(category: String, storedName: String, account: String?) {
        let key = String(decoding: storedName.utf8.dropFirst(category.utf8.count + 1), as: UTF8.self)
        self.init(category: category, key: key, account: account)
    }

    package var description: String { "\(category)-\(key)" }
}
