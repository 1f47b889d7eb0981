import Synchronization

/// One request in, one response out, over HTTP/1.1 and TLS by libcurl.
///
/// Calls block threads of their own, never the caller's. Connections are kept between calls, except for requests that
/// must not be made twice (`TransportRequest.mayRepeat`). Redirects are not followed, cookies not kept, the
/// environment's proxies not used, answers not decompressed.
public final class HTTPClient: Sendable {
  private let configuration: TransportConfiguration
  private let pool: Mutex<Pool>

  private struct Pool {
    var idle: [TransferLane]
    var waiting: [CheckedContinuation<TransferLane, Never>] = []
  }

  public init(configuration: TransportConfiguration = TransportConfiguration()) {
    self.configuration = configuration
    let count = min(64, max(1, configuration.maximumConnections))
    pool = Mutex(Pool(idle: (0..<count).reversed().map { TransferLane(number: $0) }))
  }

  /// Makes the exchange. Any HTTP status is a response; an error says whether the request may have arrived.
  public func send(
    _ request: TransportRequest, into sink: TransportSink = .memory
  ) async throws(TransportError) -> TransportResponse {
    let cancellation = Cancellation()
    let result = await withTaskCancellationHandler {
      let lane = await takeLane()
      let result = await lane.run(request, into: sink, configuration: configuration, cancellation: cancellation)
      give(back: lane)
      return result
    } onCancel: {
      cancellation.set()
    }
    return try result.get()
  }

  private func takeLane() async -> TransferLane {
    await withCheckedContinuation { continuation in
      let lane = pool.withLock { pool -> TransferLane? in
        if let lane = pool.idle.popLast() { return lane }
        pool.waiting.append(continuation)
        return nil
      }
      if let lane { continuation.resume(returning: lane) }
    }
  }

  private func give(back lane: TransferLane) {
    let next = pool.withLock { pool -> CheckedContinuation<TransferLane, Never>? in
      guard !pool.waiting.isEmpty else {
        pool.idle.append(lane)
        return nil
      }
      return pool.waiting.removeFirst()
    }
    next?.resume(returning: lane)
  }
}
