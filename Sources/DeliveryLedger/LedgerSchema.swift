import GRDB

/// The tables. A migration, once released, is never edited: what changes comes as a new one.
enum LedgerSchema {
  /// "LTlg": marks the file as ours.
  static let applicationID: Int32 = 0x4C54_6C67

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("The ledger keeps letters, both boxes, statuses, dossiers and a chained log") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      for part in [letters, boxes, counts, dossiers, log, registry, directory] {
        try db.execute(sql: part)
      }
      try db.execute(
        sql: "INSERT INTO ledger (key, value) VALUES ('identity', lower(hex(randomblob(16))))")
    }
    migrator.registerMigration("Checks of unknown outcomes, mail that is not ours, and conditions are kept") { db in
      try db.execute(sql: axis)
    }
    migrator.registerMigration("Letters are found and listed without a walk, however many there are") { db in
      try db.execute(sql: finding)
      try LetterSearch.indexAll(in: db)
    }
    migrator.registerMigration("What waits for a person is found among what does not") { db in
      try db.execute(sql: outstanding)
    }
    return migrator
  }

  private static let letters = """
    CREATE TABLE ledger (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

    CREATE TABLE blobs (
      hash TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
      bytes INTEGER NOT NULL,
      addedAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE letters (
      row INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      direction TEXT NOT NULL,
      state TEXT NOT NULL,
      kind TEXT NOT NULL,
      standing TEXT NOT NULL,
      copyOf TEXT REFERENCES letters (id),
      supersededBy TEXT REFERENCES letters (id) DEFERRABLE INITIALLY DEFERRED,
      sender TEXT NOT NULL,
      senderName TEXT,
      receivers TEXT NOT NULL,
      documentId TEXT,
      number TEXT,
      notation TEXT,
      promulgationDate TEXT,
      subject TEXT,
      dossierType TEXT,
      dossierCode TEXT UNIQUE,
      decision TEXT,
      codes TEXT NOT NULL,
      contentHash TEXT,
      transportDocId TEXT,
      nextActionAt INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0,
      lastCause TEXT,
      nextActor TEXT NOT NULL,
      dueAt INTEGER,
      isFinished INTEGER NOT NULL DEFAULT 0,
      filesPurgedAt INTEGER,
      lastEvent INTEGER NOT NULL DEFAULT 0,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL
    ) STRICT;
    -- The same document twice: by identity. Recalls and updates carry the identity of another document, so for them
    -- the content counts as well.
    CREATE UNIQUE INDEX letters_by_identity ON letters (sender, documentId, kind, direction)
      WHERE standing = 'original' AND supersededBy IS NULL AND documentId IS NOT NULL AND kind IN ('new', 'replace');
    CREATE UNIQUE INDEX letters_by_identity_and_content ON letters (sender, documentId, kind, contentHash)
      WHERE standing = 'original' AND supersededBy IS NULL AND direction = 'incoming' AND documentId IS NOT NULL
        AND kind IN ('recall', 'update');
    -- The same document twice: under another DocumentId, by what a clerk would call the same letter.
    CREATE UNIQUE INDEX letters_by_business_identity
      ON letters (sender, number, notation, promulgationDate, kind, contentHash)
      WHERE standing = 'original' AND supersededBy IS NULL AND direction = 'incoming' AND number IS NOT NULL
        AND notation IS NOT NULL AND promulgationDate IS NOT NULL;
    CREATE INDEX letters_by_document ON letters (documentId) WHERE documentId IS NOT NULL;
    CREATE INDEX letters_by_number ON letters (number, notation, sender) WHERE number IS NOT NULL;
    CREATE INDEX letters_due ON letters (nextActionAt) WHERE nextActionAt IS NOT NULL;
    CREATE INDEX letters_by_state ON letters (direction, state);
    CREATE INDEX letters_by_direction ON letters (direction);
    CREATE INDEX letters_overdue ON letters (dueAt) WHERE dueAt IS NOT NULL AND isFinished = 0;
    CREATE INDEX letters_presumed_updates ON letters (standing) WHERE standing = 'presumedUpdate' AND isFinished = 0;
    CREATE INDEX letters_finished ON letters (updatedAt) WHERE isFinished = 1 AND filesPurgedAt IS NULL;
    CREATE INDEX letters_copies ON letters (copyOf) WHERE copyOf IS NOT NULL;
    CREATE INDEX letters_superseded ON letters (supersededBy) WHERE supersededBy IS NOT NULL;

    CREATE TABLE letterBlobs (
      letter TEXT NOT NULL REFERENCES letters (id),
      role TEXT NOT NULL,
      hash TEXT NOT NULL REFERENCES blobs (hash),
      addedAt INTEGER NOT NULL,
      PRIMARY KEY (letter, role)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX letterBlobs_by_hash ON letterBlobs (hash);

    CREATE TABLE recipients (
      letter TEXT NOT NULL REFERENCES letters (id),
      organId TEXT NOT NULL,
      state TEXT NOT NULL,
      lastCode TEXT,
      updatedAt INTEGER NOT NULL,
      PRIMARY KEY (letter, organId)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE letterLinks (
      letter TEXT NOT NULL REFERENCES letters (id),
      other TEXT NOT NULL REFERENCES letters (id),
      relation TEXT NOT NULL,
      PRIMARY KEY (letter, other, relation)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX letterLinks_backwards ON letterLinks (other);

    CREATE VIRTUAL TABLE letterSearch USING fts5 (words, prefix = '2 3', detail = 'none', tokenize = 'unicode61');
    """

  private static let boxes = """
    CREATE TABLE transmissions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      letter TEXT NOT NULL REFERENCES letters (id),
      kind TEXT NOT NULL,
      statusCode TEXT,
      description TEXT,
      message TEXT REFERENCES blobs (hash),
      sender TEXT NOT NULL,
      receivers TEXT NOT NULL,
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      nextAttemptAt INTEGER,
      transportDocId TEXT,
      lastCause TEXT,
      queuedAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX transmissions_by_letter ON transmissions (letter, id);
    -- SQLite takes a partial index only for a query that repeats its condition word for word.
    CREATE INDEX transmissions_open ON transmissions (letter, id) WHERE state IN ('queued', 'sending', 'unknown');
    CREATE INDEX transmissions_due ON transmissions (nextAttemptAt, id) WHERE state = 'queued';
    CREATE INDEX transmissions_unknown ON transmissions (nextAttemptAt, id) WHERE state = 'unknown';
    CREATE INDEX transmissions_sending ON transmissions (id) WHERE state = 'sending';
    CREATE INDEX transmissions_by_message ON transmissions (message) WHERE message IS NOT NULL;
    CREATE INDEX transmissions_refused ON transmissions (updatedAt) WHERE state = 'refused';

    CREATE TABLE attempts (
      transmission INTEGER NOT NULL REFERENCES transmissions (id),
      number INTEGER NOT NULL,
      startedAt INTEGER NOT NULL,
      endedAt INTEGER,
      outcome TEXT,
      cause TEXT,
      detail TEXT,
      PRIMARY KEY (transmission, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE arrivals (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      transportDocId TEXT NOT NULL,
      messageType TEXT NOT NULL,
      transportFrom TEXT,
      transportTo TEXT NOT NULL,
      message TEXT NOT NULL REFERENCES blobs (hash),
      state TEXT NOT NULL,
      acknowledgement TEXT NOT NULL,
      acknowledgedAt INTEGER,
      nextAcknowledgementAt INTEGER,
      offers INTEGER NOT NULL DEFAULT 1,
      attempts INTEGER NOT NULL DEFAULT 0,
      nextActionAt INTEGER,
      lastCause TEXT,
      letter TEXT REFERENCES letters (id),
      receivedAt INTEGER NOT NULL,
      settledAt INTEGER,
      UNIQUE (messageType, transportDocId)
    ) STRICT;
    CREATE INDEX arrivals_due ON arrivals (nextActionAt, id) WHERE state = 'received';
    CREATE INDEX arrivals_unacknowledged ON arrivals (nextAcknowledgementAt, id)
      WHERE nextAcknowledgementAt IS NOT NULL;
    CREATE INDEX arrivals_by_letter ON arrivals (letter) WHERE letter IS NOT NULL;
    CREATE INDEX arrivals_by_message ON arrivals (message);
    CREATE INDEX arrivals_aside ON arrivals (settledAt) WHERE state = 'setAside';

    CREATE TABLE statusesReceived (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      arrival INTEGER NOT NULL UNIQUE REFERENCES arrivals (id),
      letter TEXT REFERENCES letters (id),
      documentId TEXT,
      sender TEXT NOT NULL,
      code TEXT NOT NULL,
      description TEXT,
      statedAt TEXT,
      receivedAt INTEGER NOT NULL,
      isRepeat INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX statusesReceived_by_letter ON statusesReceived (letter, id);
    """

  /// How many rows are in which state, kept by triggers: a page's figures must not wait for a walk over all letters.
  private static let counts = """
    CREATE TABLE stateCounts (
      kind TEXT NOT NULL,
      direction TEXT NOT NULL,
      state TEXT NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (kind, direction, state)
    ) STRICT, WITHOUT ROWID;
    \(counting("letters", direction: "NEW.direction"))
    \(counting("transmissions", direction: "''"))
    \(counting("arrivals", direction: "''"))
    """

  private static func counting(_ table: String, direction: String) -> String {
    let add = """
      INSERT INTO stateCounts (kind, direction, state, number) VALUES ('\(table)', \(direction), NEW.state, 1)
        ON CONFLICT (kind, direction, state) DO UPDATE SET number = number + 1;
      """
    return """
      CREATE TRIGGER \(table)_are_counted AFTER INSERT ON \(table) BEGIN
        \(add)
      END;
      CREATE TRIGGER \(table)_are_counted_again AFTER UPDATE OF state ON \(table) WHEN OLD.state <> NEW.state BEGIN
        UPDATE stateCounts SET number = number - 1
          WHERE kind = '\(table)' AND direction = \(direction) AND state = OLD.state;
        \(add)
      END;
      """
  }

  private static let dossiers = """
    CREATE TABLE dossiers (
      code TEXT NOT NULL PRIMARY KEY,
      letter TEXT NOT NULL UNIQUE REFERENCES letters (id),
      type TEXT NOT NULL,
      json BLOB NOT NULL,
      rowCount INTEGER NOT NULL,
      officerState TEXT,
      createdAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL
    ) STRICT;

    -- The last number allotted in each scope: by default, one agency on one Vietnamese day.
    CREATE TABLE codeCounters (scope TEXT NOT NULL PRIMARY KEY, lastNumber INTEGER NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE organisationUUIDs (
      organId TEXT NOT NULL PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      source TEXT NOT NULL,
      mintedAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private static let log = """
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      letter TEXT REFERENCES letters (id),
      actor TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT,
      statusCode TEXT,
      vi TEXT NOT NULL,
      en TEXT NOT NULL,
      parameters TEXT NOT NULL,
      detail TEXT,
      previousHash BLOB NOT NULL CHECK (length(previousHash) = 32),
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX events_by_letter ON events (letter, seq) WHERE letter IS NOT NULL;
    CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
      BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
    CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
      BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
    """

  private static let registry = """
    CREATE TABLE bindings (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      organId TEXT NOT NULL,
      subject TEXT,
      fingerprint TEXT,
      validFrom INTEGER NOT NULL,
      validUntil INTEGER,
      boundBy TEXT NOT NULL,
      boundAt INTEGER NOT NULL,
      source TEXT NOT NULL,
      endedBy TEXT,
      endedAt INTEGER,
      CHECK (subject IS NOT NULL OR fingerprint IS NOT NULL)
    ) STRICT;
    CREATE INDEX bindings_by_organisation ON bindings (organId, validFrom);
    """

  private static let directory = """
    CREATE TABLE agencies (
      row INTEGER PRIMARY KEY,
      code TEXT NOT NULL UNIQUE,
      code102 TEXT,
      oldCode TEXT,
      name TEXT NOT NULL,
      parentCode TEXT,
      mail TEXT,
      removedAt INTEGER,
      updatedAt INTEGER NOT NULL,
      -- The name without marks, to find it by its beginning; and with marks in one spelling, to rank it.
      foldedName TEXT NOT NULL,
      tonedName TEXT NOT NULL
    ) STRICT;
    CREATE INDEX agencies_by_name ON agencies (foldedName) WHERE removedAt IS NULL;
    CREATE INDEX agencies_by_code102 ON agencies (code102) WHERE code102 IS NOT NULL;
    CREATE INDEX agencies_by_oldCode ON agencies (oldCode) WHERE oldCode IS NOT NULL;
    CREATE TABLE agencyChanges (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      code TEXT NOT NULL,
      at INTEGER NOT NULL,
      source TEXT NOT NULL,
      change TEXT NOT NULL,
      before TEXT,
      after TEXT
    ) STRICT;
    CREATE INDEX agencyChanges_by_code ON agencyChanges (code, id);
    CREATE VIRTUAL TABLE agencySearch USING fts5 (words, prefix = '1 2 3', detail = 'none', tokenize = 'unicode61');
    """
}
