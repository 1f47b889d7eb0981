public import Foundation
import Subprocess
import SystemPackage
import UnnamedFile

/// A program that runs as a child with limits on time, memory, output and files, with an empty environment.
///
/// It never outlives `run()`: when time is up or the waiting task is cancelled it is killed (`SIGKILL`) and reaped.
public struct ChildProcess: Sendable {
  /// Absolute path of the program.
  public let program: String
  public let arguments: [String]
  /// What it finds at ``inputPath``, which stands among its arguments; nothing there without it.
  public let input: Data?
  public let limits: ProcessLimits
  /// The working directory.
  public let folder: String
  /// Exit codes that count as success besides 0.
  public let acceptedCodes: Set<Int32>

  /// Names ``input`` as a file in which a program may go back and forth.
  public static let inputPath = "/dev/stdin"

  /// `prlimit` of util-linux sets the limits and then becomes the program (same process id).
  private static let limiter = "/usr/bin/prlimit"
  /// Bytes of standard error that are taken for the operator.
  private static let complaintLimit = 256 << 10

  public init(
    program: String, arguments: [String], input: Data? = nil, limits: ProcessLimits = ProcessLimits(),
    folder: String = "/",
    acceptedCodes: Set<Int32> = []
  ) {
    self.program = program
    self.arguments = arguments
    self.input = input
    self.limits = limits
    self.folder = folder
    self.acceptedCodes = acceptedCodes
  }

  private var name: String { program.split(separator: "/").last.map(String.init) ?? program }

  /// Runs the program to its end and returns what it wrote to standard output.
  public func run() async throws(LimitedProcessError) -> Data {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw LimitedProcessError(.notStarted, program: name, detail: "no such program: \(program)")
    }
    let given: UnnamedFile?
    do { given = try input.map { try UnnamedFile($0) } } catch {
      throw LimitedProcessError(.inputFile, program: name, detail: "the temporary folder takes no file")
    }
    let ending: Ending
    do {
      ending = try await withThrowingTaskGroup(of: Ending.self) { group in
        group.addTask { try await execute(given) }
        group.addTask { [time = limits.time] in
          try await Task.sleep(for: time)
          return .timedOut
        }
        defer { group.cancelAll() }
        return try await group.next() ?? .timedOut
      }
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      throw LimitedProcessError(.outputExceeded, program: name, detail: "more than \(limits.output) bytes")
    } catch let error as SubprocessError {
      throw LimitedProcessError(.notStarted, program: name, detail: error.description)
    } catch {
      throw LimitedProcessError(.cancelled, program: name, detail: "the waiting task was cancelled")
    }
    return try output(of: ending)
  }

  private enum Ending: Sendable {
    case ended(TerminationStatus, [UInt8], String)
    case timedOut
  }

  private func execute(_ given: UnnamedFile?) async throws -> Ending {
    guard let given else { return try await execute(reading: NoInput.none) }
    defer { withExtendedLifetime(given) {} }
    return try await execute(
      reading: .fileDescriptor(FileDescriptor(rawValue: given.descriptor), closeAfterSpawningProcess: false))
  }

  private func execute(reading input: some InputProtocol) async throws -> Ending {
    let result = try await Subprocess.run(
      .path(FilePath(Self.limiter)), arguments: Arguments(limiterArguments), environment: .custom(Self.environment),
      workingDirectory: FilePath(folder), input: input, output: .bytes(limit: limits.output),
      error: .string(limit: Self.complaintLimit))
    return .ended(result.terminationStatus, result.standardOutput, result.standardError)
  }

  private var limiterArguments: [String] {
    [
      "--as=\(limits.memory)", "--cpu=\(limits.processorSeconds)", "--fsize=\(limits.fileSize)",
      "--nofile=\(limits.openFiles)", "--core=0", "--", program,
    ] + arguments
  }

  private static let environment: [Environment.Key: String] = ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"]

  private func output(of ending: Ending) throws(LimitedProcessError) -> Data {
    guard case .ended(let status, let bytes, let complaint) = ending else {
      throw LimitedProcessError(.timeExceeded, program: name, detail: "more than \(limits.time)")
    }
    switch status {
    case .exited(let code) where code == 0 || acceptedCodes.contains(code):
      return Data(bytes)
    case .exited(let code):
      let line = complaint.split(whereSeparator: \.isNewline).first.map { String($0.prefix(200)) } ?? ""
      throw LimitedProcessError(.failed, program: name, detail: "exit code \(code) \(line)")
    case .signaled(let signal):
      throw LimitedProcessError(.killed, program: name, detail: "signal \(signal)")
    }
  }
}
