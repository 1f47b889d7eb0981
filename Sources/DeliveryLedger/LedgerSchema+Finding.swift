extension LedgerSchema {
  /// Every beginning of a word is a word of the index: FTS5 looks up a whole word from the newest letter on and stops when
  /// it has enough, but gathers all letters of the ledger for a beginning that they share.
  static let finding = """
    DROP TABLE letterSearch;
    CREATE VIRTUAL TABLE letterSearch USING fts5 (words, detail = 'none', tokenize = 'unicode61');
    -- The rows of `letters` are long; a page far from the newest must not read all before it.
    CREATE INDEX letters_in_order ON letters (row);
    """
}
