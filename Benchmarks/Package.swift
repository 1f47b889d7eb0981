// swift-tools-version: 6.2
// Measuring and fuzzing, apart from the product. The sources are the product's own, by symbolic link.
//
//   swift run -c release edxml-benchmark
//   swift run -c release dossier-benchmark
//   swift run -c release delivery-benchmark
//   LIENTHONG_PYHANKO=/path/to/venv/bin/pyhanko swift run -c release signature-benchmark
//   swift build --sanitize=fuzzer --product edxml-fuzz --scratch-path .build-fuzz
//   SWIFT_BACKTRACE=enable=no .build-fuzz/debug/edxml-fuzz -max_total_time=300 -max_len=65536 Corpus/edxml
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CLibZip", pkgConfig: "libzip"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
    .target(name: "VietnameseText", swiftSettings: strict),
    .target(
      name: "SchemaFiles", path: "Schemas",
      resources: [
        .embedInCode("edxml-document.xsd"), .embedInCode("edxml-status.xsd"), .embedInCode("edxml-inspect.schema.json"),
        .embedInCode("dossier.schema.json"), .embedInCode("letter-report.schema.json"),
        .embedInCode("population-check.schema.json"),
      ], swiftSettings: strict),
    .target(name: "XMLTree", dependencies: ["CLibXML2"], swiftSettings: strict),
    .target(name: "ZipArchive", dependencies: ["CLibZip"], swiftSettings: strict),
    .target(name: "SigningCore", dependencies: ["COpenSSL", "VietnameseText"], swiftSettings: strict),
    .target(
      name: "EdXML", dependencies: ["XMLTree", "ZipArchive", "SigningCore", "SchemaFiles", "VietnameseText"],
      swiftSettings: strict),
    .systemLibrary(name: "CPangoCairo", pkgConfig: "pangocairo"),
    .systemLibrary(name: "CQPDFLibrary", pkgConfig: "libqpdf"),
    .target(name: "CQPDF", dependencies: ["CQPDFLibrary"]),
    .target(name: "PDFDocument", dependencies: ["CQPDF", "VietnameseText"], swiftSettings: strict),
    .target(name: "TextLayout", dependencies: ["CPangoCairo", "VietnameseText"], swiftSettings: strict),
    .target(name: "UnnamedFile", swiftSettings: strict),
    .target(
      name: "LimitedProcess",
      dependencies: ["UnnamedFile", .product(name: "Subprocess", package: "swift-subprocess"), "VietnameseText"],
      swiftSettings: strict),
    .target(
      name: "LetterSignatures",
      dependencies: ["SigningCore", "PDFDocument", "XMLTree", "TextLayout", "LimitedProcess", "VietnameseText"],
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
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
    .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter"),
    .target(name: "HTTPTransport", dependencies: ["CCurl", "VietnameseText"], swiftSettings: strict),
    .target(name: "DossierModel", dependencies: ["VietnameseText"], swiftSettings: strict),
    .target(
      name: "RequestLetter",
      dependencies: [
        "TextLayout", "LimitedProcess", "DossierModel", "MappingFiles", "VietnameseText",
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .target(
      name: "Spreadsheet", dependencies: ["UnnamedFile", "ZipArchive", "XMLTree", "CXLSXWriter", "VietnameseText"],
      swiftSettings: strict),
    .target(
      name: "DossierMapping",
      dependencies: [
        "DossierModel", "HTTPTransport", "MappingFiles", "Spreadsheet", "VietnameseText",
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .target(
      name: "AxisClient", dependencies: ["HTTPTransport", "SigningCore", "VietnameseText"], swiftSettings: strict),
    .target(name: "DeliveryLedger", dependencies: ["SigningCore", "VietnameseText", grdb], swiftSettings: strict),
    .target(
      name: "Connector",
      dependencies: [
        "AxisClient", "DeliveryLedger", "DossierMapping", "EdXML", "LetterSignatures", "RequestLetter", "SigningCore",
        "Spreadsheet", "DossierModel", "HTTPTransport", "VietnameseText", "SchemaFiles", "MappingFiles", "ZipArchive",
        "CMalloc", logging, lifecycle, .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),
    .target(
      name: "AxisSimulator",
      dependencies: [
        "EdXML", "SigningCore", "VietnameseText", grdb, .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"), .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), logging,
      ], swiftSettings: strict),
    .executableTarget(
      name: "delivery-benchmark",
      dependencies: [
        "Connector", "AxisClient", "AxisSimulator", "DeliveryLedger", "EdXML", "LetterSignatures", "RequestLetter",
        "SigningCore", "DossierModel", "MappingFiles", "VietnameseText", grdb, logging, lifecycle,
      ], swiftSettings: strict),
    .executableTarget(
      name: "dossier-benchmark", dependencies: ["DossierMapping", "DossierModel", "RequestLetter"],
      swiftSettings: strict),
    .executableTarget(
      name: "signature-benchmark", dependencies: ["LetterSignatures", "SigningCore", "COpenSSL"],
      swiftSettings: strict),
    .executableTarget(
      name: "edxml-benchmark", dependencies: ["EdXML", "SigningCore", "CLibXML2", "COpenSSL"], swiftSettings: strict),
    .executableTarget(
      name: "edxml-fuzz", dependencies: ["EdXML", "VietnameseText"],
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
  ],
  cxxLanguageStandard: .cxx17
)
