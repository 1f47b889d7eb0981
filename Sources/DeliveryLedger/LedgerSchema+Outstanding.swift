extension LedgerSchema {
  /// Finds what waits for a person among what does not: messages set aside that the axis was told are ours, and refused
  /// statuses. A letter that was refused is found by its own state.
  static let outstanding = """
    CREATE INDEX arrivals_aside_in_turn ON arrivals (messageType, acknowledgement IN ('done', 'fail'), settledAt)
      WHERE state = 'setAside';
    DROP INDEX transmissions_refused;
    CREATE INDEX transmissions_refused ON transmissions (updatedAt) WHERE state = 'refused' AND kind = 'status';
    """
}
