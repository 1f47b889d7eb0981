// swift-tools-version: 6.2
// The map of the product, in layer order: arrows point down only. Architecture: Sources/Connector/Connector.docc.
import PackageDescription

/// Every target of ours: Swift 6, explicit existentials and imports, warnings are errors.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

// Dependencies from outside, each pinned exactly, each for one reason.
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")

let package = Package(
  name: "LienThong",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "lienthong", targets: ["lienthong"])],
  dependencies: [
    // The command line.
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    // Logs that the operator's system takes.
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    // Orderly start and stop.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // SQLite with migrations and a reader pool.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // HTTP server.
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    // HTML that escapes by itself.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    // Configuration and mappings in YAML.
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    // Child processes (poppler's tools).
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    // Byte buffers of the HTTP server and its tests.
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
  ],
  targets: [
    // 0. C doors: headers and shims, no decisions.
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .systemLibrary(name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(name: "CQPDFLibrary", pkgConfig: "libqpdf", providers: [.apt(["libqpdf-dev"])]),
    .systemLibrary(name: "CMalloc"),  // glibc's <malloc.h>
    .target(name: "CQPDF", dependencies: ["CQPDFLibrary"]),  // C++: object offsets, which qpdf's C API lacks

    // 1. Tools: one foreign library or one rule each.
    .target(name: "VietnameseText", swiftSettings: strict),  // NFC, folding for search, a sentence in both languages
    .target(
      name: "SchemaFiles", path: "Schemas",
      resources: [
        .embedInCode("edxml-document.xsd"), .embedInCode("edxml-status.xsd"), .embedInCode("edxml-inspect.schema.json"),
        .embedInCode("dossier.schema.json"), .embedInCode("letter-report.schema.json"),
        .embedInCode("population-check.schema.json"),
      ],
      swiftSettings: strict),
    .target(
      name: "MappingFiles", path: "Mappings", exclude: ["README.md", "samples/danh-sach-01.csv", "samples/README.md"],
      resources: [
        .embedInCode("addressees.yaml"),
        .embedInCode("calendar.yaml"),
        .embedInCode("classification.yaml"),
        .embedInCode("letter-layout.yaml"),
        .embedInCode("mailboxes.yaml"),
        .embedInCode("organisation-words.yaml"),
        .embedInCode("provinces.yaml"),
        .embedInCode("reasons.yaml"),
        .embedInCode("rules.yaml"),
        .embedInCode("samples/danh-sach-01.xlsx"),
        .embedInCode("statuses.yaml"),
        .embedInCode("telephones.yaml"),
        .embedInCode("type-01.yaml"),
        .embedInCode("type-02.yaml"),
        .embedInCode("type-03.yaml"),
        .embedInCode("type-04.yaml"),
        .embedInCode("type-05.yaml"),
        .embedInCode("type-06.yaml"),
      ], swiftSettings: strict),
    .target(name: "XMLTree", dependencies: ["CLibXML2"], swiftSettings: strict),
    .target(name: "SigningCore", dependencies: ["COpenSSL", "VietnameseText"], swiftSettings: strict),
    .target(name: "PDFDocument", dependencies: ["CQPDF", "VietnameseText"], swiftSettings: strict),
    .target(name: "TextLayout", dependencies: ["CPangoCairo", "VietnameseText"], swiftSettings: strict),
    .target(name: "ZipArchive", dependencies: ["CLibZip"], swiftSettings: strict),
    .target(name: "UnnamedFile", swiftSettings: strict),  // a file that nothing is left of when the process is killed
    .target(
      name: "LimitedProcess", dependencies: ["UnnamedFile", subprocess, "VietnameseText"], swiftSettings: strict),
    .target(name: "HTTPTransport", dependencies: ["CCurl", "VietnameseText"], swiftSettings: strict),

    // 2. Domain: values and rules of the field.
    .target(name: "DossierModel", dependencies: ["VietnameseText"], swiftSettings: strict),
    .target(
      name: "EdXML", dependencies: ["XMLTree", "ZipArchive", "SigningCore", "SchemaFiles", "VietnameseText"],
      swiftSettings: strict),
    .target(
      name: "LetterSignatures",
      dependencies: ["SigningCore", "PDFDocument", "XMLTree", "TextLayout", "LimitedProcess", "VietnameseText"],
      swiftSettings: strict),
    .target(
      name: "RequestLetter",
      dependencies: ["TextLayout", "LimitedProcess", "DossierModel", "MappingFiles", "VietnameseText", yams],
      swiftSettings: strict),
    .target(
      name: "Spreadsheet", dependencies: ["UnnamedFile", "ZipArchive", "XMLTree", "CXLSXWriter", "VietnameseText"],
      swiftSettings: strict),
    .target(
      name: "DossierMapping",
      dependencies: ["DossierModel", "HTTPTransport", "MappingFiles", "Spreadsheet", "VietnameseText", yams],
      swiftSettings: strict),

    // 3. Outside: the axis and the disk.
    .target(
      name: "AxisClient", dependencies: ["HTTPTransport", "SigningCore", "VietnameseText"],
      swiftSettings: strict),
    .target(name: "DeliveryLedger", dependencies: ["SigningCore", "VietnameseText", grdb], swiftSettings: strict),

    // 4. Use cases, and the axis itself for development and tests.
    .target(
      name: "Connector",
      dependencies: [
        "AxisClient", "DeliveryLedger", "DossierMapping", "EdXML", "LetterSignatures", "RequestLetter", "SigningCore",
        "Spreadsheet", "DossierModel", "HTTPTransport", "VietnameseText", "SchemaFiles", "MappingFiles", "ZipArchive",
        "CMalloc", logging, lifecycle, yams,
      ], swiftSettings: strict),
    .target(
      name: "AxisSimulator",
      dependencies: [
        "EdXML", "SigningCore", "VietnameseText", grdb, hummingbird,
        .product(name: "HummingbirdCore", package: "hummingbird"), nioCore,
        .product(name: "NIOHTTP1", package: "swift-nio"), logging,
      ], swiftSettings: strict),

    // 5. Edges.
    .target(
      name: "ClerkPages", dependencies: ["VietnameseText", mustache],
      resources: [
        .embedInCode("Templates/frame.mustache"), .embedInCode("Templates/letters.mustache"),
        .embedInCode("Templates/letter.mustache"), .embedInCode("Templates/message.mustache"),
        .embedInCode("Templates/clerk.css"),
      ], swiftSettings: strict),
    .target(
      name: "ConnectorServer",
      dependencies: [
        "Connector", "DeliveryLedger", "DossierModel", "EdXML", "ClerkPages", "VietnameseText", hummingbird, nioCore,
        logging,
        lifecycle,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "lienthong",
      dependencies: [
        "Connector", "ConnectorServer", "AxisSimulator", "AxisClient", "DeliveryLedger", "DossierMapping",
        "DossierModel", "EdXML",
        "LetterSignatures", "RequestLetter", "Spreadsheet", "SigningCore", "VietnameseText", "HTTPTransport",
        "ZipArchive", "XMLTree", "MappingFiles",
        argumentParser, logging, lifecycle, unixSignals, hummingbird, nioCore, yams,
      ], swiftSettings: strict),

    // Tests: a suite per target, scenarios through the real executable.
    .testTarget(name: "VietnameseTextTests", dependencies: ["VietnameseText"], swiftSettings: strict),
    .testTarget(name: "XMLTreeTests", dependencies: ["XMLTree"], swiftSettings: strict),
    .testTarget(name: "SigningCoreTests", dependencies: ["SigningCore"], swiftSettings: strict),
    .testTarget(
      name: "LetterSignaturesTests",
      dependencies: ["LetterSignatures", "PDFDocument", "SigningCore", "XMLTree", "VietnameseText", "CQPDF"],
      swiftSettings: strict),
    .testTarget(
      name: "EdXMLTests", dependencies: ["EdXML", "ZipArchive", "XMLTree", "SchemaFiles", "VietnameseText"],
      swiftSettings: strict),
    .testTarget(
      name: "RequestLetterTests",
      dependencies: [
        "RequestLetter", "TextLayout", "LimitedProcess", "DossierModel", "LetterSignatures", "MappingFiles",
        "SigningCore",
        "VietnameseText",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "DossierMappingTests",
      dependencies: ["DossierMapping", "DossierModel", "Spreadsheet", "MappingFiles", "ZipArchive", "VietnameseText"],
      swiftSettings: strict),
    .testTarget(
      name: "AxisClientTests", dependencies: ["AxisClient", "AxisSimulator", "HTTPTransport", "SigningCore", logging],
      swiftSettings: strict),
    .testTarget(
      name: "DeliveryLedgerTests", dependencies: ["DeliveryLedger", "SigningCore", "VietnameseText", grdb],
      swiftSettings: strict),
    .testTarget(
      name: "ConnectorTests",
      dependencies: [
        "Connector", "AxisClient", "DeliveryLedger", "DossierMapping", "SigningCore", "LetterSignatures", "EdXML",
        "DossierModel", "VietnameseText", "CMalloc", logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "ClerkPagesTests", dependencies: ["ClerkPages", "VietnameseText"], exclude: ["Snapshots"],
      swiftSettings: strict),
    .testTarget(
      name: "ConnectorServerTests",
      dependencies: [
        "ConnectorServer", "ClerkPages", "Connector", "DeliveryLedger", "VietnameseText", hummingbird, nioCore,
        nioEmbedded, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "DeliverySimulationTests",
      dependencies: [
        "Connector", "AxisClient", "DeliveryLedger", "DossierModel", "EdXML", "VietnameseText", grdb, logging,
      ], exclude: ["Model"], swiftSettings: strict),
    .testTarget(
      name: "ScenarioTests", dependencies: ["lienthong", "AxisClient", "HTTPTransport", "VietnameseText"],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)
