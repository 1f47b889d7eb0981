/// What a child process may use.
public struct ProcessLimits: Sendable, Hashable {
  /// Wall-clock time from start to end of output.
  public var time: Duration
  /// Processor seconds (`RLIMIT_CPU`).
  public var processorSeconds: Int
  /// Bytes of address space (`RLIMIT_AS`).
  public var memory: Int
  /// Bytes of standard output that are taken; more is an error.
  public var output: Int
  /// Bytes per file that it may write (`RLIMIT_FSIZE`).
  public var fileSize: Int
  /// Open files (`RLIMIT_NOFILE`).
  public var openFiles: Int

  public init(
    time: Duration = .seconds(30), processorSeconds: Int = 20, memory: Int = 1 << 30, output: Int = 64 << 20,
    fileSize: Int = 64 << 20, openFiles: Int = 64
  ) {
    self.time = time
    self.processorSeconds = processorSeconds
    self.memory = memory
    self.output = output
    self.fileSize = fileSize
    self.openFiles = openFiles
  }
}
