// WorkerProtocol: what the engine and its workers say to each other.
//
// docs/worker-protocol.md is the specification; these types are its Swift side, and Tests/WorkerProtocolTests/Golden
// holds frames that both sides must read and write alike. Start at `Frame`; the messages of each direction are an
// enum: `HostMessage`, `HostCommand`, `TaskMessage`, `TaskReply`. Nothing here knows a socket or a process.

/// The protocol version that this engine speaks.
package let workerProtocolVersion = 1
