import Foundation

/// What `lienthong demo --json` prints.
struct DemoReport: Encodable {
  /// One of the three letters, as both ends know it at the end.
  struct Letter: Encodable {
    var name: String
    var documentId: String
    var dossierType: String?
    var dossierCode: String?
    /// `accept` or `reject`; nil while the authority has not decided.
    var decision: String?
    var codes: [String] = []
    /// Statuses that the authority sent, in order.
    var sentStatuses: [String] = []
    /// Statuses as the agency saw them, in order.
    var receivedStatuses: [String] = []
    /// How many dossiers exist for it at the authority.
    var copies = 0
  }

  /// An odd message and what intake made of it.
  struct Other: Encodable {
    var name: String
    var transportDocId: String
    var outcome: String
  }

  var letters: [Letter] = []
  var others: [Other] = []
  var seconds: Double = 0
  var page: String = ""
  var folder: String?
  /// Everything that did not come true, in words.
  var failures: [String] = []
}
