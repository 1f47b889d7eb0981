import DossierMapping
import VietnameseText

extension Configuration {
  /// Reads `populationCheck: {url, timeoutSeconds, secretFile}`; without it persons' data are checked offline only.
  static func readPopulation(
    _ root: inout ConfigurationReader.Section, _ reader: ConfigurationReader
  ) -> PopulationService? {
    guard var section = reader.section("populationCheck", in: &root, required: false) else { return nil }
    defer { reader.finish(section) }
    let url = reader.string("url", in: &section)
    if let url, let problem = PopulationService.problem(with: url) {
      reader.report(
        reader.line(of: "url", in: section), vi: "“populationCheck.url”: \(problem.vi)",
        en: "“populationCheck.url”: \(problem.en)")
    }
    let seconds = reader.seconds(
      "timeoutSeconds", in: &section, default: PopulationService.defaultTimeoutSeconds,
      range: PopulationService.timeoutRange)
    let secret = reader.path("secretFile", in: &section, required: false)
    guard let url else { return nil }
    return PopulationService(url: url, timeoutSeconds: seconds, secretFile: secret)
  }
}
