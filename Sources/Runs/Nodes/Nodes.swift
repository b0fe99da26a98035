// Nodes: attempts at tasks on a machine that has nothing of the run yet.
//
// `Orders` is what the engine that drives the run and the one on the node tell each other, through the datastore: an
// `OrderBook` goes there, `AttemptReport`s come back, with pieces of the log before them. `NodeBootstrap` is the shell script that
// brings an engine to the node; `NodeAttempt` is what that engine does, once or, where the jobs of a group share its attempts
// (`GroupShare`), several times one after the other with the same `NodeWorkers`.
