/// The name of a flow: the name of its class.
package struct FlowName: TextIdentifier {
    package let text: String
    package init(_ text: String) { self.text = text }
}
