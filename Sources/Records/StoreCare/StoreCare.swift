// StoreCare: looking after a datastore: whether all bytes are what was stored (`StoreVerification`), taking runs out of the
// records (`RunDeletion`), and freeing what no run needs any more (`StoreCollection`).
//
// Of a remote datastore the same is done by `RemoteVerification`, `RemoteDeletion` and `RemoteCollection`.
//
// Records go before bytes: what is forgotten first and removed then can at worst be left over, and is found by the next
// collection. Nothing is collected while an engine stores (`StoreHold`).
