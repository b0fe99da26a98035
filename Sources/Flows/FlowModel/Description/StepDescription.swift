/// A step as its worker reports it.
package struct StepDescription: Hashable, Sendable, Codable {
    package var name: StepName
    package var doc: String?
    /// The file that holds the method; another one than the flow's where the step is inherited.
    package var file: String
    /// The line of the method.
    package var line: Int
    /// Positional arguments, `self` included: two make a join.
    package var arguments: Int
    /// Marked by the person as the flow's entry.
    package var start: Bool
    /// Marked by the person as the flow's last step.
    package var end: Bool
    /// The `self.next` that is the last statement of the method.
    package var next: TransitionDescription?
    /// Lines of `self.next` calls elsewhere in the method.
    package var strayNext: [Int]
    /// From the top one down.
    package var decorators: [DecoratorDescription]

    package init(
        name: StepName, doc: String? = nil, file: String, line: Int, arguments: Int = 1, start: Bool = false,
        end: Bool = false, next: TransitionDescription? = nil, strayNext: [Int] = [],
        decorators: [DecoratorDescription] = []
    ) {
        self.name = name
        self.doc = doc
        self.file = file
        self.line = line
        self.arguments = arguments
        self.start = start
        self.end = end
        self.next = next
        self.strayNext = strayNext
        self.decorators = decorators
    }

    private enum CodingKeys: String, CodingKey {
        case name, doc, file, line, arguments, start, end, next, decorators
        case strayNext = "stray_next"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(StepName.self, forKey: .name),
            doc: try members.decodeIfPresent(String.self, forKey: .doc),
            file: try members.decode(String.self, forKey: .file),
            line: try members.decode(Int.self, forKey: .line),
            arguments: try members.decode(Int.self, forKey: .arguments),
            start: try members.decodeIfPresent(Bool.self, forKey: .start) ?? false,
            end: try members.decodeIfPresent(Bool.self, forKey: .end) ?? false,
            next: try members.decodeIfPresent(TransitionDescription.self, forKey: .next),
            strayNext: try members.decodeIfPresent([Int].self, forKey: .strayNext) ?? [],
            decorators: try members.decodeIfPresent([DecoratorDescription].self, forKey: .decorators) ?? [])
    }
}
