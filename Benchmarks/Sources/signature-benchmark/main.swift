// Verifying and signing letters beside the floor and other software; “verify” or “sign” as an argument for one of them.
let part = CommandLine.arguments.dropFirst().first ?? "all"

if part != "sign" { try await benchmarkVerifying() }
if part != "verify" { try await benchmarkSigning() }
