// RunDriver: makes a run happen.
//
// `RunDriver` holds a run's scheduler, which decides (a pure value), and performs what it decides: it asks the worker pool for
// processes, answers their requests, puts artifacts into the store, writes the ledger, and tells a `RunObserver`. All of that
// happens on the thread that calls `run()`. `FlowEnvironments` makes the environments of the steps before a run begins.
