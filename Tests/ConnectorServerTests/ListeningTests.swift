import ClerkPages
import ConnectorServer
import Foundation
import Logging
import Testing
import VietnameseText

@Suite("Listening")
struct ListeningTests {
  @Test(
    "Loopback addresses are taken",
    arguments: [
      ("127.0.0.1:8080", "127.0.0.1:8080"), ("localhost:0", "127.0.0.1:0"), ("[::1]:65535", "[::1]:65535"),
      ("127.1.2.3:1", "127.1.2.3:1"),
    ])
  func loopback(_ text: String, _ expected: String) throws {
    #expect(try ListenAddress(text).description == expected)
  }

  @Test(
    "Addresses that others can reach are refused, and the sentence says so",
    arguments: [
      "0.0.0.0:8080", "[::]:8080", "10.1.2.3:80", "example.vn:80", "*:80", "127.0.0.1.example.vn:80",
      "[::ffff:127.0.0.1]:1",
    ])
  func outside(_ text: String) {
    let error = #expect(throws: ClerkServerError.self) { try ListenAddress(text) }
    #expect(error?.code == .listenAddressNotLoopback)
    #expect(error?.clerk.vi.contains(text) == true)
  }

  @Test(
    "What is not HOST:PORT is refused",
    arguments: [
      "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1", "::1:80", "[x]:1",
      "127.0.0.1:٣",
    ])
  func malformed(_ text: String) {
    #expect(throws: ClerkServerError.self) { try ListenAddress(text) }
  }

  private func server(_ listen: String) throws -> ClerkServer {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return try ClerkServer(desk: InventedDesk(), listen: ListenAddress(listen), logger: logger)
  }

  @Test("It listens where it says, answers, and stops when cancelled", .timeLimit(.minutes(1)))
  func serves() async throws {
    let server = try server("127.0.0.1:0")
    let running = Task { try await server.run() }
    let address = try await server.address
    #expect(address.port != 0)
    let answer = try await Plain.get(address, path: "/health")
    #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
    #expect(answer.contains("{\"status\":\"ok\"}"))
    running.cancel()
    try? await running.value
    await #expect(throws: (any Error).self) { try await Plain.get(address, path: "/health") }
  }

  @Test("A port in use is one clear error, also for those who wait for the address", .timeLimit(.minutes(1)))
  func portInUse() async throws {
    let first = try server("127.0.0.1:0")
    let running = Task { try await first.run() }
    let address = try await first.address
    let second = try server("\(address)")
    let error = await #expect(throws: ClerkServerError.self) { try await second.run() }
    #expect(error?.code == .listenAddressInUse)
    #expect(error?.clerk.vi.contains("\(address)") == true)
    await #expect(throws: ClerkServerError.self) { try await second.address }
    running.cancel()
    try? await running.value
  }
}
