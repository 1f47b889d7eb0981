import Synchronization

extension RevocationFetcher {
  /// One for each set of rules, so that answers and failures are remembered between letters.
  static func shared(_ configuration: Configuration) -> RevocationFetcher? {
    guard configuration.revocation.fetch else { return nil }
    let rules = configuration.revocation.rules(dataFolder: configuration.dataFolder)
    return all.withLock { all in
      if let known = all.first(where: { $0.rules == rules }) { return known }
      let fetcher = RevocationFetcher(rules: rules)
      all.append(fetcher)
      return fetcher
    }
  }

  private static let all = Mutex<[RevocationFetcher]>([])
}
