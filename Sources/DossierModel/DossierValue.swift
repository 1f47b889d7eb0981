/// What one cell of a dossier's table holds.
public enum DossierValue: Sendable, Hashable {
  /// NFC text without leading or trailing space.
  case text(String)
  case date(CalendarDate)
  case flag(Bool)
  case simPKI(SIMPKI)

  /// As the letters print it: dates `dd/MM/yyyy`, ticks `x`.
  public var printed: String {
    switch self {
    case .text(let text): text
    case .date(let date): date.vietnamese
    case .flag(let flag): flag ? "x" : ""
    case .simPKI(let sim): sim.printed
    }
  }
}

extension DossierValue: Codable {
  /// From a string (an ISO date stays text here: the field's kind decides, see ``DossierRow``), a Boolean or an object.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .simPKI(try container.decode(SIMPKI.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .date(let date): try container.encode(date)
    case .flag(let flag): try container.encode(flag)
    case .simPKI(let sim): try container.encode(sim)
    }
  }
}
