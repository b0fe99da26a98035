package import FlowModel

/// A flow in a few characters: steps with `;` between them. The n-th step, from 1, stands in line 10n of `flow.py` and its
/// `self.next` in line 10n + 5.
///
/// | text | meaning |
/// |---|---|
/// | `a -> b` | `self.next(self.b)` |
/// | `a -> b c` | `self.next(self.b, self.c)` |
/// | `a =items=> b` | `self.next(self.b, foreach='items')` |
/// | `a =2=> b` | `self.next(self.b, num_parallel=2)` |
/// | `a ?mode=> b c` | `self.next({…}, condition='mode')` |
/// | `a ->! TEXT` | a `self.next` of no known form |
/// | `a` | no `self.next` |
/// | `a&` | takes inputs; `a/3` takes three arguments |
/// | `^a`, `$a` | marked as first, as last step |
/// | `@x a` | decorated with `@x` |
/// | `a !17` | a `self.next` in line 17 that is not the last statement |
extension FlowDescription {
    package init(sketch: String, parameters: [ParameterDescription] = [], decorators: [DecoratorDescription] = []) {
        let texts = sketch.split(whereSeparator: { $0 == ";" || $0 == "\n" }).filter { $0.contains { $0 != " " } }
        self.init(
            name: "SketchFlow", file: "flow.py",
            steps: texts.enumerated().map { StepDescription(sketch: $1, line: 10 * ($0 + 1)) },
            parameters: parameters, decorators: decorators)
    }
}

extension StepDescription {
    fileprivate init(sketch: Substring, line: Int) {
        self.init(name: "", file: "flow.py", line: line)
        var words = sketch.split(separator: " ")[...]
        while words.first?.hasPrefix("@") == true {
            decorators.append(DecoratorDescription(name: String(words.removeFirst().dropFirst()), line: line - 1))
        }
        if let word = words.popFirst() { readName(word) }
        if let word = words.first, word.hasPrefix("!"), let stray = Int(word.dropFirst()) {
            strayNext = [stray]
            words.removeFirst()
        }
        guard let arrow = words.popFirst() else { return }
        next = TransitionDescription(arrow: arrow, words: Array(words), line: line + 5)
    }

    private mutating func readName(_ word: Substring) {
        var word = word
        if word.hasPrefix("^") { (start, word) = (true, word.dropFirst()) }
        if word.hasPrefix("$") { (end, word) = (true, word.dropFirst()) }
        if word.hasSuffix("&") { (arguments, word) = (2, word.dropLast()) }
        let halves = word.split(separator: "/")
        if halves.count == 2, let count = Int(halves[1]) { (arguments, word) = (count, halves[0]) }
        name = StepName(String(word))
    }
}

extension TransitionDescription {
    fileprivate init(arrow: Substring, words: [Substring], line: Int) {
        let targets = words.map { StepName(String($0)) }
        if arrow == "->!" {
            self.init(kind: .unrecognised, targets: [], line: line, text: words.joined(separator: " "))
        } else if arrow.hasPrefix("=") {
            let variable = String(arrow.dropFirst().dropLast(2))
            let isCount = Int(variable) != nil
            self.init(
                kind: isCount ? .parallel : .foreach, targets: targets, variable: isCount ? nil : variable, line: line)
        } else if arrow.hasPrefix("?") {
            self.init(kind: .switch, targets: targets, condition: String(arrow.dropFirst().dropLast(2)), line: line)
        } else {
            self.init(kind: targets.count == 1 ? .linear : .split, targets: targets, line: line)
        }
    }
}
