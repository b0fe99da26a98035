// Nodes: one attempt at a task on a machine that has nothing of the run yet.
//
// `Orders` is what the engine that drives the run and the one on the node tell each other, through the datastore: an
// `OrderBook` goes there, `AttemptReport`s come back, with pieces of the log before them. `NodeBootstrap` is the shell script that
// brings an engine to the node; `NodeAttempt` is what that engine does.
