import Foundation
import LimitedProcess
import Testing

@Suite struct LimitedProcessTests {
  private func failure(_ process: ChildProcess) async -> LimitedProcessError.Code? {
    do {
      _ = try await process.run()
      return nil
    } catch {
      return error.code
    }
  }

  @Test("The output of a program is returned")
  func output() async throws {
    let data = try await ChildProcess(program: "/usr/bin/printf", arguments: ["%s", "xin chào"]).run()
    #expect(String(decoding: data, as: UTF8.self) == "xin chào")
  }

  @Test("A program that does not end is killed when its time is up")
  func time() async {
    let clock = ContinuousClock()
    let start = clock.now
    let code = await failure(
      ChildProcess(program: "/usr/bin/sleep", arguments: ["60"], limits: ProcessLimits(time: .milliseconds(400))))
    #expect(code == .timeExceeded)
    #expect(clock.now - start < .seconds(20))
  }

  @Test("A program that writes without end is stopped at the limit")
  func tooMuch() async {
    let code = await failure(
      ChildProcess(program: "/usr/bin/yes", arguments: [], limits: ProcessLimits(time: .seconds(20), output: 100_000)))
    #expect(code == .outputExceeded)
  }

  @Test("A program that wants more memory than allowed fails")
  func memory() async {
    let code = await failure(
      ChildProcess(
        program: "/bin/sh", arguments: ["-c", "x=$(yes | head -c 300000000); echo done"],
        limits: ProcessLimits(time: .seconds(60), memory: 40 << 20)))
    #expect(code == .failed || code == .killed)
  }

  @Test("A program that computes without end is stopped by its processor limit")
  func processor() async {
    let code = await failure(
      ChildProcess(
        program: "/bin/sh", arguments: ["-c", "while :; do :; done"],
        limits: ProcessLimits(time: .seconds(60), processorSeconds: 1)))
    #expect(code == .killed)
  }

  @Test("The environment holds nothing of the parent's")
  func environment() async throws {
    let data = try await ChildProcess(program: "/usr/bin/env", arguments: []).run()
    let names = Set(
      String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { $0.split(separator: "=").first })
    #expect(names == ["LC_ALL", "PATH"])
  }

  @Test("A failing and a missing program are told apart")
  func failing() async {
    #expect(await failure(ChildProcess(program: "/usr/bin/false", arguments: [])) == .failed)
    #expect(await failure(ChildProcess(program: "/nowhere/tool", arguments: [])) == .notStarted)
  }

  @Test("A program reads what it is given as a file that has no name and that it can go through twice")
  func input() async throws {
    func read(_ program: String, _ arguments: [String]) async throws -> String {
      let process = ChildProcess(
        program: program, arguments: arguments + [ChildProcess.inputPath], input: Data("một hai ba".utf8))
      return String(decoding: try await process.run(), as: UTF8.self)
    }
    #expect(try await read("/usr/bin/stat", ["--dereference", "--format", "%h %a"]) == "0 600\n")
    #expect(try await read("/usr/bin/tail", ["-c", "2"]) == "ba")
    #expect(try await read("/bin/cat", [ChildProcess.inputPath]) == "một hai bamột hai ba")
  }
}
