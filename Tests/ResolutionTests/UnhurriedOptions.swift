import Resolution

extension ResolutionOptions {
    /// Hints are looked for however long that takes on a busy machine, so that the same words come each time.
    static var unhurried: ResolutionOptions {
        var options = ResolutionOptions()
        options.hintTime = .seconds(3600)
        return options
    }
}
