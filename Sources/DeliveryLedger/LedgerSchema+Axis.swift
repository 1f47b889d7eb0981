extension LedgerSchema {
  /// What the second release keeps besides: checks of unknown outcomes, mail that is not ours or cannot be fetched, and
  /// the condition of the axis and of daily work.
  static let axis = """
    ALTER TABLE transmissions ADD COLUMN checks INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX transmissions_by_transport ON transmissions (transportDocId) WHERE transportDocId IS NOT NULL;
    CREATE INDEX transmissions_taken ON transmissions (updatedAt) WHERE kind = 'edoc' AND transportDocId IS NOT NULL;

    ALTER TABLE arrivals ADD COLUMN ifNotOurs TEXT NOT NULL DEFAULT 'leave';
    ALTER TABLE arrivals ADD COLUMN handedOverAt INTEGER;

    CREATE TABLE fetchTroubles (
      messageType TEXT NOT NULL,
      transportDocId TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      nextAttemptAt INTEGER NOT NULL,
      cause TEXT NOT NULL,
      since INTEGER NOT NULL,
      PRIMARY KEY (messageType, transportDocId)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conditions (
      name TEXT NOT NULL PRIMARY KEY,
      state TEXT NOT NULL,
      cause TEXT,
      since INTEGER NOT NULL,
      notedAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
