import COpenSSL
import Foundation
import LetterSignatures
import SigningCore

/// Signing B-B, file in, file out, beside the floor (read, SHA-256, one RSA-2048 operation, write, through the same
/// OpenSSL) in the same rounds, and beside pyHanko where `LIENTHONG_PYHANKO` names its command.
func benchmarkSigning() async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "signature-benchmark-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let now = Date()
  let pki = try ThrowAwayPKI(.init(notBefore: now - 86_400, notAfter: now + 86_400))
  let identity = try pki.issueOrganisation(
    name: "Sở Đo Tốc độ", superior: "Ủy ban nhân dân tỉnh Ví dụ", province: "Ví dụ", taxCode: "0100000019")
  let key = try identity.signer()
  try Data(try identity.pkcs12(password: "m")).write(to: folder.appending(path: "key.p12"))
  print("sign B-B    floor ms   ours ms   ours/floor   (CPU, best round)")
  var files: [String] = []
  for (name, size) in [("100 KB", 100_000), ("1 MB", 1_000_000), ("10 MB", 10_000_000)] {
    let path = folder.appending(path: "\(size).pdf").path
    try Data(SampleLetter.bytes(size)).write(to: URL(filePath: path))
    files.append(path)
    let output = folder.appending(path: "out.pdf").path
    var floor = Double.infinity
    var ours = Double.infinity
    for _ in 0..<(size > 5_000_000 ? 40 : 150) {
      floor = min(floor, try await processorSeconds { try signingFloor(path, output, key) })
      ours = min(
        ours,
        try await processorSeconds {
          guard let letter = FileManager.default.contents(atPath: path) else { throw CocoaError(.fileReadUnknown) }
          let request = SignatureRequest(claimedTime: now, identifier: [UInt8](repeating: 7, count: 16))
          let signed = try await LetterSigner.sign(pdf: [UInt8](letter), request, with: key)
          try Data(signed).write(to: URL(filePath: output))
        })
    }
    print(
      name.padding(toLength: 10, withPad: " ", startingAt: 0),
      String(format: "%9.2f %9.2f %12.2f", floor * 1000, ours * 1000, ours / floor))
  }
  try pyHankoSigning(files, key: folder.appending(path: "key.p12").path, in: folder)
}

/// What no signer can do without.
private func signingFloor(_ path: String, _ output: String, _ key: SoftwareKey) throws {
  guard let letter = FileManager.default.contents(atPath: path) else { throw CocoaError(.fileReadUnknown) }
  var digest = [UInt8](repeating: 0, count: 32)
  var length: UInt32 = 0
  _ = letter.withUnsafeBytes { EVP_Digest($0.baseAddress, $0.count, &digest, &length, EVP_sha256(), nil) }
  _ = try key.signature(over: digest)
  try letter.write(to: URL(filePath: output))
}

/// Seconds of the processor that `body` takes, in the program and in the kernel for it.
private func processorSeconds(_ body: () async throws -> Void) async rethrows -> Double {
  func now() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
  let before = now()
  try await body()
  return now() - before
}

/// A letter of one page and `size` bytes, most of them in a picture that does not compress.
enum SampleLetter {
  static func bytes(_ size: Int) -> [UInt8] {
    var picture = [UInt8](repeating: 0, count: max(size - 1_000, 1_000))
    var state: UInt64 = 42
    for index in picture.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      picture[index] = UInt8(truncatingIfNeeded: state >> 56)
    }
    let text = "BT /F1 12 Tf 72 700 Td (Cong van) Tj ET"
    let objects: [(head: String, data: [UInt8]?)] = [
      ("<</Type /Catalog /Pages 2 0 R>>", nil), ("<</Type /Pages /Kids [3 0 R] /Count 1>>", nil),
      (
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>> /XObject <</P 6 0 R>>>>>>",
        nil
      ),
      ("<</Length \(text.utf8.count)>>", Array(text.utf8)),
      ("<</Type /Font /Subtype /Type1 /BaseFont /Times-Roman>>", nil),
      (
        "<</Type /XObject /Subtype /Image /Width \(picture.count) /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length \(picture.count)>>",
        picture
      ),
    ]
    var letter = Array("%PDF-1.7\n".utf8)
    var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
    for (index, object) in objects.enumerated() {
      table += String(format: "%010d 00000 n \n", letter.count)
      letter += Array("\(index + 1) 0 obj\n\(object.head)\n".utf8)
      if let data = object.data { letter += Array("stream\n".utf8) + data + Array("\nendstream\n".utf8) }
      letter += Array("endobj\n".utf8)
    }
    let start = letter.count
    return letter
      + Array((table + "trailer\n<</Size \(objects.count + 1) /Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n").utf8)
  }
}

/// pyHanko in process: its start does not count.
private func pyHankoSigning(_ files: [String], key: String, in folder: URL) throws {
  guard let command = ProcessInfo.processInfo.environment["LIENTHONG_PYHANKO"] else {
    print("pyHanko: not measured, LIENTHONG_PYHANKO names no command")
    return
  }
  let script = folder.appending(path: "sign.py")
  let text = """
    import sys, time
    from io import BytesIO
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers, fields
    key = signers.SimpleSigner.load_pkcs12(sys.argv[1], passphrase=b'm')
    meta = signers.PdfSignatureMetadata(field_name='S', subfilter=fields.SigSeedSubFilter.PADES)
    for path in sys.argv[2:]:
        best = 1e9
        for _ in range(10):
            t = time.process_time()
            data = open(path, 'rb').read()
            out = signers.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), meta, key)
            open(sys.argv[1] + '.out', 'wb').write(out.getbuffer())
            best = min(best, time.process_time() - t)
        print('pyHanko %s: %.1f ms' % (path.split('/')[-1], best * 1000), flush=True)

    """
  try Data(text.utf8).write(to: script)
  let process = Process()
  process.executableURL = URL(filePath: command).deletingLastPathComponent().appending(path: "python")
  process.arguments = [script.path, key] + files
  try process.run()
  process.waitUntilExit()
}
