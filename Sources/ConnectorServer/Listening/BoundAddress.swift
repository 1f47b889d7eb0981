import Foundation

/// The address that was bound, for those who wait for it.
actor BoundAddress {
  private var result: Result<ListenAddress, ClerkServerError>?
  private var waiting: [UUID: CheckedContinuation<ListenAddress, any Error>] = [:]

  /// The first result stays.
  func settle(_ result: Result<ListenAddress, ClerkServerError>) {
    guard self.result == nil else { return }
    self.result = result
    for continuation in waiting.values { continuation.resume(with: result.mapError { $0 as any Error }) }
    waiting = [:]
  }

  /// Waits until the server listens or has failed to.
  func value() async throws -> ListenAddress {
    if let result { return try result.get() }
    let ticket = UUID()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiting[ticket] = continuation
        }
      }
    } onCancel: {
      Task { await self.giveUp(ticket) }
    }
  }

  private func giveUp(_ ticket: UUID) {
    waiting.removeValue(forKey: ticket)?.resume(throwing: CancellationError())
  }
}
