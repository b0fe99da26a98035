import Executors
import ObjectStores

/// What is put into the datastore while the attempt runs: pieces of its log, and signs that it lives.
extension NodeAttempt {
    /// Puts what was printed within a second; a task that is quick has ended by then, and its report carries all.
    func schedulePiece() {
        guard !isPieceDue else { return }
        isPieceDue = true
        loop.after(.seconds(1)) { [weak self] in
            guard let self, !self.isOver else { return }
            self.isPieceDue = false
            self.putPiece()
        }
    }

    /// Puts what waits, unless a piece is under way: then its end takes care of the rest.
    func putPiece() {
        guard piece == nil, !log.isEmpty, putsPieces else { return }
        let outputs = log.take()
        piece = outputs
        let (remote, attempt, objects) = (loop.remote, LoopBound(self), job.objects)
        do {
            let key = try job.layout.key(of: .log(index: job.index, number: pieces))
            let bytes = try AttemptOutput.piece(outputs)
            Task.detached {
                let error: ObjectStoreError?
                do throws(ObjectStoreError) {
                    // The same number always has the same content: somebody may have read it, whatever came back here.
                    _ = try await NodeJob.patience { () async throws(ObjectStoreError) in
                        try await objects.put(bytes, as: key, .always)
                    }
                    error = nil
                } catch let fault {
                    error = fault
                }
                remote.post { attempt.value.ended(error) }
            }
        } catch {
            ended(error)
        }
    }

    private func ended(_ error: (any Error)?) {
        guard let outputs = piece else { return }
        piece = nil
        if error == nil {
            pieces += 1
            if !log.isEmpty { schedulePiece() }
        } else {
            // The report will have it, if that can be put.
            log.putBack(outputs)
            putsPieces = false
        }
        stopIfOver()
    }

    func showLifeLater() {
        loop.after(.seconds(10)) { [weak self] in
            guard let self, !self.isOver else { return }
            self.showLife()
            self.showLifeLater()
        }
    }

    /// Put again and again, with another content each time: clocks may be wrong.
    private func showLife() {
        signsOfLife += 1
        NodeCache.touch(workers.folder)
        guard let key = try? job.layout.key(of: .alive(index: job.index)) else { return }
        let (objects, content) = (job.objects, Array("\(signsOfLife)\n".utf8))
        Task.detached { _ = try? await objects.put(content, as: key, .always) }
    }
}
