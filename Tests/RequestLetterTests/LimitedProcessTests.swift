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

  @Test("A scratch folder is private and goes away with its owner")
  func scratch() throws {
    let path: String
    do {
      let folder = try ScratchFolder()
      path = try folder.write(Data("x".utf8), name: "a")
      let mode = try FileManager.default.attributesOfItem(atPath: folder.url.path)[.posixPermissions] as? Int
      #expect(mode == 0o700)
      #expect(FileManager.default.fileExists(atPath: path))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
