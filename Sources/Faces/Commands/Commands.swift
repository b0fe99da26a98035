// Commands: what a person types.
//
// `PenstockEngine.main()` is the whole executable. Two command lines meet in it: `penstock …`, whose root is
// `PenstockCommandLine`, and `python flow.py …`, whose root is `FlowCommandLine`; the SDK hands the latter over as
// `penstock flow --host-fd N --host-pid P -- …`. Each command is one file in the folder of its noun, and short: parse, call a
// lower room, render. `Flow/` has the commands of a flow, `Launch/` those of `penstock` that become one of these, `Records/`
// those that look at runs without a flow. `Manual/` makes help, completions and the manual out of the commands' own
// description. Results go to standard output, everything else to standard error, and `Output/` holds the only code that
// writes to either: `UsageReport` tells what is wrong with a command line, `RunReporter` tells a run.
