/// Names a run within its flow: microseconds since 1970 when Penstock made it, any other text when somebody else did.
package struct RunID: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }

    /// The id of a run that begins at this moment, in microseconds since 1970.
    package init(microseconds: Int64) { self.init(String(microseconds)) }
}
