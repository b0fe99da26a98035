// FlowModel: a flow as data, judged before anything runs.
//
// A worker reports what a person wrote as a `FlowDescription` (docs/worker-protocol.md). `FlowGraph(validating:)` judges
// it: the graph by the rules listed in `Rules/GraphRules.swift`, one file a rule, and the decorators by `Decorators/`. What
// is wrong comes back as `FlowFinding`s, all at once, each with the step, the file and the line. What is right becomes a
// graph whose nodes know their splits, their joins and what their decorators ask for.
//
// Also here: the ids by which runs, steps and tasks are named (`Ids/`), what a person gives for parameters and configs
// (`Parameters/`), and the flow as text, data and drawing (`Rendering/`). Nothing in this room reads a file or knows the clock.
