import Text

/// The memory in which texts are compared. One thread may use it again for every message, which spares the allocations.
package final class JudgingSpace {
    let forms = NormalForms()

    package init() {}
}
