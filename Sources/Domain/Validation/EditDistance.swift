/// How many letters two names differ by (Levenshtein), to suggest the one that was meant.
package enum EditDistance {
    /// The nearest of the candidates when it is near enough to be a slip: a third of its letters, at least two.
    package static func nearest(to name: String, among candidates: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let distances = candidates.map { (candidate: $0, distance: between(name.lowercased(), $0.lowercased())) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(2, best.candidate.count / 3) ? best.candidate : nil
    }

    static func between(_ left: String, _ right: String) -> Int {
        let left = Array(left), right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let substituted = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}

/// The sentence for a value that is not one of the few that are taken.
package enum NotAllowed {
    package static func message(_ value: String, among allowed: [String]) -> String {
        let hint = EditDistance.nearest(to: value, among: allowed).map { " (did you mean \($0)?)" } ?? ""
        return "must be one of \(allowed.joined(separator: ", "))\(hint)"
    }
}
