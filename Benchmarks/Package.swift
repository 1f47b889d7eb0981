// swift-tools-version: 6.2
// Measuring and fuzzing, apart from the product. The sources are the product's own, by symbolic link.
//
//   swift run -c release edxml-benchmark
//   swift build --sanitize=fuzzer --product edxml-fuzz --scratch-path .build-fuzz
//   SWIFT_BACKTRACE=enable=no .build-fuzz/debug/edxml-fuzz -max_total_time=300 -max_len=65536 Corpus/edxml
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0"),
    .systemLibrary(name: "CLibZip", pkgConfig: "libzip"),
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
    .executableTarget(
      name: "edxml-benchmark", dependencies: ["EdXML", "SigningCore", "CLibXML2", "COpenSSL"], swiftSettings: strict),
    .executableTarget(
      name: "edxml-fuzz", dependencies: ["EdXML", "VietnameseText"],
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]),
  ]
)
