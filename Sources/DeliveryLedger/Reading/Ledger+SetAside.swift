import GRDB

extension Ledger {
  /// Documents that were set aside: first those that the axis was told are ours, at which a person looks, then what was
  /// left to others; each the last first.
  public func documentsSetAside(limit: Int) async throws -> [ArrivalRecord] {
    try await read { db in
      try ArrivalRecord.fetch(
        db,
        """
        WHERE state = 'setAside' AND messageType = 'edoc'
        ORDER BY \(SetAside.isOurs) DESC, settledAt DESC, id DESC LIMIT ?
        """, [limit])
    }
  }
}

/// Which messages that were set aside are whose, as SQL.
enum SetAside {
  /// Whether the axis was told of it: nobody could read it, or nobody vouches for its sender. Else it was left or handed
  /// over to others. The index has this very expression.
  static let isOurs = "acknowledgement IN ('done', 'fail')"

  /// The last ?1 of ours or of the others', documents and statuses.
  ///
  /// - Parameter selection: what is selected from `arrivals`, with `settledAt` as `since`.
  static func newest(_ selection: String, ours: Bool) -> String {
    // Each type is one run of the index in the order of time; their heads are merged.
    let runs = MessageType.allCases.map { type in
      """
      SELECT * FROM (
        \(selection)
        WHERE state = 'setAside' AND messageType = '\(type.rawValue)' AND (\(isOurs)) = \(ours ? 1 : 0)
        ORDER BY settledAt DESC LIMIT ?1)
      """
    }
    return runs.joined(separator: " UNION ALL ") + " ORDER BY since DESC LIMIT ?1"
  }
}
