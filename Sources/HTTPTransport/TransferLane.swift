import Dispatch
import Synchronization

/// One thread's worth of exchanges: an easy handle with its kept connections, used on its own queue only.
///
/// `@unchecked Sendable`: the handle is made and touched only inside blocks on `queue`, which is serial.
final class TransferLane: @unchecked Sendable {
  private let queue: DispatchQueue
  private var handle: EasyHandle?

  init(number: Int) {
    queue = DispatchQueue(label: "vn.lienthong.transport.\(number)")
  }

  /// Runs the exchange on the lane's thread and suspends, without blocking, until it is over.
  func run(
    _ request: TransportRequest, into sink: TransportSink, configuration: TransportConfiguration,
    cancellation: Cancellation
  ) async -> Result<TransportResponse, TransportError> {
    await withCheckedContinuation { continuation in
      queue.async {
        continuation.resume(
          returning: Result { () throws(TransportError) -> TransportResponse in
            let handle: EasyHandle
            if let kept = self.handle { handle = kept } else { handle = try EasyHandle() }
            self.handle = handle
            return try Transfer(request, into: sink, handle: handle, cancellation: cancellation).run(configuration)
          })
      }
    }
  }
}

/// A flag that a cancelled task raises and the transfer's progress callback reads.
final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
