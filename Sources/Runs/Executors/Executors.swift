// Executors: where a task attempt goes.
//
// `Local/` runs attempts on this machine: a `WorkerPool` keeps one worker host for each environment and asks it to fork a
// process for each attempt (docs/worker-protocol.md). Everything happens on the one thread that runs the `EventLoop`, so
// nothing here needs a lock, and nothing blocks Swift's cooperative pool. Other executors get a folder each.
