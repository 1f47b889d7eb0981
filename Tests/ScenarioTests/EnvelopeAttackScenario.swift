import Foundation
import Testing

/// Forged envelopes, made here with xmlsec1 and openssl, against `verify FILE.xml` and `edxml inspect`.
@Suite("Forged envelopes at the command line")
struct EnvelopeAttackScenario {
  static let areThere =
    FileManager.default.isExecutableFile(atPath: "/usr/bin/xmlsec1")
    && FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  static let dsig = "http://www.w3.org/2000/09/xmldsig#"
  static let more = "http://www.w3.org/2001/04/xmldsig-more#"
  static let exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
  static let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"

  /// Codes that only say that nobody trusts the keys of this test.
  static let trust: Set<String> = [
    "CERT_UNTRUSTED", "WRONG_SIGNER_KIND", "REVOCATION_UNKNOWN", "W_SENDER_UNREGISTERED",
  ]

  struct Report: Decodable {
    var core: String
    var decision: String
    var codes: Set<String>
    var signer: String?
  }

  private static func run(_ tool: String, _ arguments: [String], in folder: URL) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/\(tool)")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.launchAlone()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// `name.key` and `name.crt` for an invented body.
  private static func makeKey(_ name: String, bits: Int = 2048, in folder: URL) throws {
    #expect(
      try run(
        "openssl",
        [
          "req", "-x509", "-newkey", "rsa:\(bits)", "-nodes", "-keyout", "\(name).key", "-out", "\(name).crt", "-days",
          "3650", "-utf8", "-subj", "/C=VN/O=Body \(name)/CN=\(name)", "-addext", "basicConstraints=CA:FALSE",
          "-addext",
          "keyUsage=digitalSignature",
        ], in: folder) == 0)
  }

  private static func certificate(_ name: String, in folder: URL) throws -> String {
    try String(contentsOf: folder.appendingPathComponent("\(name).crt"), encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
  }

  static func transforms(_ algorithms: [String]) -> String {
    "<Transforms>" + algorithms.map { "<Transform Algorithm=\"\($0)\"/>" }.joined() + "</Transforms>"
  }

  static let enveloped = transforms([dsig + "enveloped-signature", exclusive])

  static func reference(_ uri: String, _ transforms: String = enveloped, value: String = "") -> String {
    "<Reference URI=\"\(uri)\">\(transforms)<DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
      + "<DigestValue>\(value)</DigestValue></Reference>"
  }

  static func signature(
    _ references: String, keyInfo: String, method: String = more + "rsa-sha256", canonical: String = exclusive,
    extra: String = "", value: String = ""
  ) -> String {
    "<Signature xmlns=\"\(dsig)\"><SignedInfo><CanonicalizationMethod Algorithm=\"\(canonical)\"/>"
      + "<SignatureMethod Algorithm=\"\(method)\"/>\(references)</SignedInfo><SignatureValue>\(value)</SignatureValue>"
      + "<KeyInfo>\(keyInfo)</KeyInfo>\(extra)</Signature>"
  }

  static func x509(_ certificates: String...) -> String {
    "<X509Data>" + certificates.map { "<X509Certificate>\($0)</X509Certificate>" }.joined() + "</X509Data>"
  }

  static func message(_ signature: String, subject: String = "Thư thử") -> String {
    """
    <edXML xmlns="\(EdXMLScenario.namespace)"><edXML:edXMLEnvelope xmlns:edXML="\(EdXMLScenario.namespace)" Id="e">
    <edXML:edXMLHeader><edXML:MessageHeader Id="m"><edXML:From><edXML:OrganId>H88.03</edXML:OrganId></edXML:From>
    <edXML:To><edXML:OrganId>G88.21</edXML:OrganId></edXML:To><edXML:DocumentId>d1</edXML:DocumentId>
    <edXML:Subject>\(subject)</edXML:Subject></edXML:MessageHeader>\(signature)</edXML:edXMLHeader></edXML:edXMLEnvelope>
    <AttachmentEncoded Id="a"><Attachment><ContentId>cid:1</ContentId><AttachmentName>a.pdf</AttachmentName>\
    <ContentTransferEncoded>JVBERi0xLjc=</ContentTransferEncoded></Attachment></AttachmentEncoded></edXML>
    """
  }

  /// Has xmlsec1 fill in digests and value with that key.
  private func sign(_ text: String, key: String = "good", in folder: URL) throws -> String {
    try Data(text.utf8).write(to: folder.appendingPathComponent("template.xml"))
    let identifiers = ["edXMLEnvelope", "MessageHeader", "AttachmentEncoded"].flatMap {
      ["--id-attr:Id", "\(EdXMLScenario.namespace):\($0)"]
    }
    let code = try Self.run(
      "xmlsec1",
      ["--sign", "--privkey-pem", "\(key).key"] + identifiers + ["--output", "signed.xml", "template.xml"], in: folder)
    #expect(code == 0, "xmlsec1 could not sign")
    return try String(contentsOf: folder.appendingPathComponent("signed.xml"), encoding: .utf8)
  }

  private func judge(_ text: String, in folder: URL) async throws -> Report {
    let file = folder.appendingPathComponent("message.xml")
    try Data(text.utf8).write(to: file)
    let answer = try await Lienthong.run(["verify", file.path, "--json"])
    #expect(answer.code == 3, "\(answer.output) \(answer.complaint)")
    return try JSONDecoder().decode(Report.self, from: Data(answer.output.utf8))
  }

  @Test(
    "Signatures that xmlsec1 made hold in every canonical form, and a change of one letter is seen",
    .enabled(if: areThere, "xmlsec1 and openssl are not at hand"))
  func controls() async throws {
    try await Lienthong.inFolder { folder in
      try Self.makeKey("good", in: folder)
      let key = Self.x509(try Self.certificate("good", in: folder))
      let listed =
        "<Transforms><Transform Algorithm=\"\(Self.dsig)enveloped-signature\"/><Transform Algorithm=\"\(Self.exclusive)\">"
        + "<InclusiveNamespaces xmlns=\"\(Self.exclusive)\" PrefixList=\"#default edXML\"/></Transform></Transforms>"
      let references = [
        Self.reference(""), Self.reference("", listed),
        Self.reference("", Self.transforms([Self.dsig + "enveloped-signature"])),
        Self.reference("", Self.transforms([Self.dsig + "enveloped-signature", Self.inclusive])),
        Self.reference(
          "", Self.transforms([Self.dsig + "enveloped-signature", "http://www.w3.org/2006/12/xml-c14n11"])),
        Self.reference("", Self.transforms([Self.dsig + "enveloped-signature", Self.exclusive + "WithComments"])),
        Self.reference("#e") + Self.reference("#a", Self.transforms([Self.exclusive])),
      ]
      for (index, reference) in references.enumerated() {
        for canonical in [Self.exclusive, Self.inclusive] {
          let signed = try sign(
            Self.message(Self.signature(reference, keyInfo: key, canonical: canonical)), in: folder)
          let report = try await judge(signed, in: folder)
          #expect(report.core == "valid", "\(index): \(report)")
          #expect(report.codes.subtracting(Self.trust) == [], "\(index): \(report)")
          let changed = try await judge(signed.replacing("G88.21", with: "G88.22"), in: folder)
          #expect(changed.core == "invalid" && changed.codes.contains("MODIFIED"), "\(index): \(changed)")
        }
      }
    }
  }

  @Test(
    "What a signature does not cover is never read as content",
    .enabled(if: areThere, "xmlsec1 and openssl are not at hand"))
  func uncoveredContent() async throws {
    try await Lienthong.inFolder { folder in
      try Self.makeKey("good", in: folder)
      let key = Self.x509(try Self.certificate("good", in: folder))
      let signed = try sign(Self.message(Self.signature(Self.reference(""), keyInfo: key)), in: folder)
      // Everything inside Signature is outside of an enveloped signature, so it can be added later.
      let smuggled = """
        <Object><AttachmentEncoded xmlns="\(EdXMLScenario.namespace)"><Attachment><ContentId>cid:2</ContentId>\
        <AttachmentName>gia.pdf</AttachmentName><ContentTransferEncoded>JVBERi0yLjA=</ContentTransferEncoded></Attachment>\
        </AttachmentEncoded><MessageHeader xmlns="\(EdXMLScenario.namespace)"><Subject>giả</Subject></MessageHeader></Object></Signature>
        """
      let forged = signed.replacing("</Signature>", with: smuggled)
      #expect(try await judge(forged, in: folder).core == "valid")
      let file = folder.appendingPathComponent("message.xml").path
      let seen = try await Lienthong.run(["edxml", "inspect", "--json", file])
      #expect(seen.code == 0)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(seen.output.utf8)) as? [String: Any])
      #expect((json["attachments"] as? [[String: Any]])?.map { $0["name"] as? String } == ["a.pdf"])
      #expect(json["subject"] as? String == "Thư thử")
      let parts = folder.appendingPathComponent("parts")
      #expect(try await Lienthong.run(["edxml", "extract", file, "-o", parts.path]).code == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: parts.path) == ["a.pdf"])

      // A comment that splits a text is not signed; the text is read whole and the comment is told.
      let split = signed.replacing(">d1<", with: ">d<!-- -->1<")
      let report = try await judge(split, in: folder)
      #expect(report.core == "valid" && report.codes.contains("W_COMMENT"), "\(report)")
      let text = try await Lienthong.run(["edxml", "inspect", "--json", file])
      #expect(text.output.contains("\"documentId\" : \"d1\""), "\(text.output)")
      #expect(text.output.contains("markupInField"))
    }
  }

  @Test(
    "Wrapping, partial coverage and confused keys are refused",
    .enabled(if: areThere, "xmlsec1 and openssl are not at hand"))
  func wrapping() async throws {
    try await Lienthong.inFolder { folder in
      for name in ["good", "evil"] { try Self.makeKey(name, in: folder) }
      try Self.makeKey("weak", bits: 1024, in: folder)
      let good = try Self.certificate("good", in: folder)
      let evil = try Self.certificate("evil", in: folder)
      let weak = try Self.certificate("weak", in: folder)
      func expect(
        _ name: String, _ text: String, _ cores: Set<String>, _ code: String
      ) async throws {
        let report = try await judge(text, in: folder)
        #expect(cores.contains(report.core), "\(name): \(report)")
        #expect(report.codes.contains(code), "\(name): \(report)")
        #expect(report.decision == "reject", "\(name): \(report)")
      }
      let signed = try sign(Self.message(Self.signature(Self.reference(""), keyInfo: Self.x509(good))), in: folder)
      let byId = try sign(
        Self.message(
          Self.signature(
            Self.reference("#e") + Self.reference("#a", Self.transforms([Self.exclusive])), keyInfo: Self.x509(good))),
        in: folder)
      let header = try sign(
        Self.message(Self.signature(Self.reference("#m"), keyInfo: Self.x509(good))), in: folder)
      try await expect("only the header is signed", header, ["valid"], "PARTIAL_COVERAGE")
      // The signed parts are kept under another root child, forged ones take their place.
      let body = byId.replacing("<?xml version=\"1.0\"?>", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
      let inner = body.replacing("<edXML xmlns=\"\(EdXMLScenario.namespace)\">", with: "").replacing(
        "</edXML>", with: "")
      let wrapped = """
        <edXML xmlns="\(EdXMLScenario.namespace)"><edXML:edXMLEnvelope xmlns:edXML="\(EdXMLScenario.namespace)"><edXML:edXMLHeader>
        <edXML:MessageHeader><edXML:From><edXML:OrganId>H66</edXML:OrganId></edXML:From></edXML:MessageHeader></edXML:edXMLHeader>
        </edXML:edXMLEnvelope><Kept>\(inner)</Kept></edXML>
        """
      try await expect("signed parts under a foreign element", wrapped, ["valid", "invalid"], "SIGNATURE_WRAPPING")
      for (name, attribute) in [
        ("Id twice", "Id=\"a\""), ("xml:id beside Id", "xml:id=\"a\""), ("ID beside Id", "ID=\"a\""),
      ] {
        try await expect(
          name, byId.replacing("</edXML>", with: "<Other \(attribute)/></edXML>"), ["refused", "invalid"],
          "SIGNATURE_WRAPPING")
      }
      try await expect(
        "a part beside what is signed by Id", byId.replacing("</edXML>", with: "<More/></edXML>"), ["valid"],
        "PARTIAL_COVERAGE")
      try await expect(
        "a second header", signed.replacing("</edXML:edXMLHeader>", with: "</edXML:edXMLHeader><edXML:edXMLHeader/>"),
        ["invalid"], "SIGNATURE_WRAPPING")
      let bare = body.replacing("</edXML>", with: "</edXML>")
      try await expect(
        "enveloping",
        Self.signature(Self.reference("#o"), keyInfo: Self.x509(good), extra: "<Object Id=\"o\">\(bare)</Object>"),
        ["refused", "invalid"], "SIGNATURE_WRAPPING")

      // Keys: the certificate that is named must be the one whose key signed.
      let swapped = try sign(
        Self.message(Self.signature(Self.reference(""), keyInfo: Self.x509(good, evil))), key: "evil", in: folder)
      try await expect("another's certificate first", swapped, ["invalid"], "SIGNATURE_INVALID")
      let honest = try sign(
        Self.message(Self.signature(Self.reference(""), keyInfo: Self.x509(evil, good))), key: "evil", in: folder)
      let report = try await judge(honest, in: folder)
      #expect(report.signer?.contains("evil") == true && report.signer?.contains("good") == false, "\(report)")
      let valued = try sign(
        Self.message(Self.signature(Self.reference(""), keyInfo: "<KeyValue/>" + Self.x509(good))), key: "evil",
        in: folder)
      try await expect("a key value beside a certificate", valued, ["invalid"], "SIGNATURE_INVALID")
      for (name, info) in [
        ("no certificate", "<KeyName>good</KeyName>"),
        ("a key elsewhere", "<RetrievalMethod URI=\"http://127.0.0.1:9/key\"/>"), ("an empty one", Self.x509("")),
        ("no certificate at all", Self.x509("QUJD")),
      ] {
        let text = Self.message(
          Self.signature(Self.reference("", value: "QUJD"), keyInfo: info, value: "QUJD"))
        try await expect(name, text, ["refused"], "MALFORMED_CERT")
      }
      let small = try sign(
        Self.message(Self.signature(Self.reference(""), keyInfo: Self.x509(weak))), key: "weak", in: folder)
      try await expect("a key of 1,024 bits", small, ["valid", "invalid", "refused"], "WEAK_CRYPTO")
    }
  }

  @Test(
    "Algorithms, transforms and references that only attackers use are refused unseen, and fast",
    .enabled(if: areThere, "xmlsec1 and openssl are not at hand"))
  func refused() async throws {
    try await Lienthong.inFolder { folder in
      try Self.makeKey("good", in: folder)
      let key = Self.x509(try Self.certificate("good", in: folder))
      let dummy = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
      func text(
        _ references: String, method: String = Self.more + "rsa-sha256", canonical: String = Self.exclusive,
        extra: String = "",
        value: String? = nil
      ) -> String {
        Self.message(
          Self.signature(
            references, keyInfo: key, method: method, canonical: canonical, extra: extra, value: value ?? dummy))
      }
      func whole(_ transforms: String = Self.enveloped) -> String { Self.reference("", transforms, value: dummy) }
      let envelopedOnly = Self.dsig + "enveloped-signature"
      let xslt =
        "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet version=\"1.0\" "
        + "xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"><xsl:template match=\"/\"/></xsl:stylesheet></Transform></Transforms>"
      let path =
        "<Transforms><Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><XPath>count(//*) &gt; 0</XPath></Transform></Transforms>"
      let cases: [(name: String, text: String, code: String)] = [
        ("HMAC with the public key", text(whole(), method: Self.dsig + "hmac-sha1"), "ALGORITHM_FORBIDDEN"),
        ("HMAC SHA-256", text(whole(), method: Self.more + "hmac-sha256"), "ALGORITHM_FORBIDDEN"),
        ("no method", text(whole(), method: ""), "ALGORITHM_FORBIDDEN"),
        ("RSA with SHA-1", text(whole(), method: Self.dsig + "rsa-sha1"), "WEAK_CRYPTO"),
        ("a foreign canonical form", text(whole(), canonical: "urn:x"), "ALGORITHM_FORBIDDEN"),
        ("XSLT", text(whole(xslt)), "TRANSFORM_FORBIDDEN"), ("XPath", text(whole(path)), "TRANSFORM_FORBIDDEN"),
        ("base64", text(whole(Self.transforms([Self.dsig + "base64"]))), "TRANSFORM_FORBIDDEN"),
        (
          "XPath filter 2", text(whole(Self.transforms(["http://www.w3.org/2002/06/xmldsig-filter2"]))),
          "TRANSFORM_FORBIDDEN"
        ),
        (
          "enveloped after canonical", text(whole(Self.transforms([Self.exclusive, envelopedOnly]))),
          "TRANSFORM_FORBIDDEN"
        ),
        (
          "many transforms", text(whole(Self.transforms(Array(repeating: envelopedOnly, count: 5000)))),
          "TRANSFORM_FORBIDDEN"
        ),
        ("an unknown transform", text(whole(Self.transforms(["urn:x"]))), "TRANSFORM_UNKNOWN"),
        ("a file", text(Self.reference("file:///etc/passwd", value: dummy)), "REFERENCE_FORBIDDEN"),
        ("the network", text(Self.reference("http://127.0.0.1:9/", value: dummy)), "REFERENCE_FORBIDDEN"),
        ("a part by cid", text(Self.reference("cid:1", value: dummy)), "REFERENCE_FORBIDDEN"),
        ("a path", text(Self.reference("#xpointer(//*)", value: dummy)), "REFERENCE_FORBIDDEN"),
        ("nothing there", text(Self.reference("#none", value: dummy)), "REFERENCE_FORBIDDEN"),
        ("no references", text(""), "MALFORMED"),
        ("too many references", text(String(repeating: whole(), count: 101)), "MALFORMED"),
        ("an empty digest", text(Self.reference("")), "MODIFIED"),
        ("an empty value", text(whole(), value: " "), "SIGNATURE_INVALID"),
        ("an endless value", text(whole(), value: String(repeating: "QUJD", count: 200_000)), "SIGNATURE_INVALID"),
        ("a foreign element", text(whole() + "<Extra/>"), "MALFORMED"),
        ("KeyInfo twice", text(whole(), extra: "<KeyInfo/>"), "MALFORMED"),
        (
          "a reference inside a reference",
          text(whole().replacing("<DigestValue>", with: "<Manifest/><DigestValue>")), "MALFORMED"
        ),
        // Each would keep a plain implementation busy for minutes.
        (
          "namespaces by elements by references",
          text(String(repeating: whole(Self.transforms([Self.inclusive])), count: 100)).replacing(
            "<AttachmentEncoded Id=\"a\">",
            with: "<Many \((0..<400).map { "xmlns:n\($0)='urn:\($0)'" }.joined(separator: " "))>"
              + String(repeating: "<x/>", count: 60_000) + "</Many><AttachmentEncoded Id=\"a\">"), "MALFORMED"
        ),
        (
          "depth by elements by references",
          text(String(repeating: whole(), count: 100)).replacing(
            "<AttachmentEncoded Id=\"a\">",
            with: String(repeating: "<d>", count: 150) + String(repeating: "<x/>", count: 100_000)
              + String(repeating: "</d>", count: 150) + "<AttachmentEncoded Id=\"a\">"), "MALFORMED"
        ),
        (
          "attributes by elements by references",
          text(String(repeating: whole(), count: 100)).replacing(
            "<AttachmentEncoded Id=\"a\">",
            with: String(
              repeating: "<x \((0..<250).reversed().map { "a\($0)=''" }.joined(separator: " "))/>", count: 1500)
              + "<AttachmentEncoded Id=\"a\">"), "MALFORMED"
        ),
      ]
      for item in cases {
        let begin = ContinuousClock.now
        let report = try await judge(item.text, in: folder)
        #expect(ContinuousClock.now - begin < .seconds(30), "\(item.name)")
        #expect(["refused", "unsupported", "invalid"].contains(report.core), "\(item.name): \(report)")
        #expect(report.codes.contains(item.code), "\(item.name): \(report)")
        #expect(report.decision == "reject", "\(item.name)")
      }
    }
  }
}
