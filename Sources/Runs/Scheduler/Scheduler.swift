// Scheduler: a run as a state machine.
//
// `RunScheduler` is a value: it is told what happened (`SchedulerEvent`) and says what to do (`SchedulerEffect`). It
// knows no process, clock or store, so every order of events can be tested. Work waits in one queue, first in, first
// out; the siblings of a foreach wait as a single entry and come to be when they start, so that a wide foreach costs a
// few words for each sibling. `SplitInstance` is one execution of a split: it gathers the tasks that its join takes.
//
// A switch goes to one of its targets like a plain step; where that is the step itself, a new task with the next iteration
// starts. The nodes of a parallel step are a `Gang`: they start together, take one worker, end together when one fails, and
// are tried again together. An unbounded foreach begins with a control task, which says how many mappers follow.
