// MetaflowStore: the runs that Metaflow keeps in a local folder, `.metaflow`, read as they are.
//
// Nothing is imported and nothing is converted: `MetaflowHistory` answers the same questions as the ledger (`RunHistory`),
// from the files that Metaflow has written. What can change no more is remembered in memory while the process lives.
//
//     <Flow>/_meta/_self.json                    a flow, a run, a step or a task, by depth
//     <Flow>/<run>/<step>/<task>/_meta/
//         sysmeta_<field>_<ms>.json              a fact about the task; its tags tell the attempt
//         <N>_artifact_<name>.json               an artifact of attempt N
//     <Flow>/<run>/<step>/<task>/<N>.data.json   sizes, types and SHA-1s of the artifacts
//         <N>.<source>_<stream>.log              what was printed, each line with its time
//     <Flow>/data/<2 hex>/<sha1>, <sha1>_meta    values: gzip, unless `_meta` says that they are raw
//     mf.cards/<Flow>/runs/…                     cards
