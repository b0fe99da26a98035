import ArgumentParser

/// How much a command says, and in which form.
struct SayingArguments: ParsableArguments {
    @Flag(help: "Print JSON, also for a failure.")
    var json = false

    @Flag(name: [.short, .long], help: "Say nothing but the result.")
    var quiet = false
}
