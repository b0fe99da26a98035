/// A value of the loop's thread on its way through another one.
///
/// Unchecked, since the value is taken out only on the loop's thread, where it came from.
package struct LoopBound<Value>: @unchecked Sendable {
    package let value: Value

    package init(_ value: Value) {
        self.value = value
    }
}
