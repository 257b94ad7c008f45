/// The last ids that were seen, so many and no more.
struct RecentIDs: Sendable {
    private let countMax: Int
    private var known: Set<String> = []
    /// A ring: the oldest makes room for the newest.
    private var order: [String] = []
    private var oldest = 0

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// - Returns: false when it is among them already.
    mutating func insert(_ id: String) -> Bool {
        guard known.insert(id).inserted else { return false }
        if order.count < countMax {
            order.append(id)
        } else {
            known.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % countMax
        }
        return true
    }
}
