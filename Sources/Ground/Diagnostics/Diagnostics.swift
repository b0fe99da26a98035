// Diagnostics: how a failure is told, and how progress is reported.
//
// A room throws its own typed error; where that error can reach a person it conforms to `DiagnosticError` and says
// what is wrong, where, why and what to do next. The Commands room renders every `Diagnostic` in one place; the class
// of the failure decides the exit code. Libraries never print: progress and warnings leave through a `ProgressSink`.
