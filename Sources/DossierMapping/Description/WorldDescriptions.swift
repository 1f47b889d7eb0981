public import DossierModel
import Foundation
import VietnameseText

/// `classification.yaml`.
public struct ClassificationDescription: Sendable, Hashable, Codable {
  public var weights: [String: Int]
  public var chooseAt: Int
  public var holdWhenOtherAt: Int
  /// Words in a subject that make it the authority's business, whichever type it may be.
  public var subjectMatter: [String]
  /// Words in a subject that say that the letter asks for nothing of forms 01–06.
  public var notARequest: [String]
  public var attachmentForms: [String]
}

/// `rules.yaml`.
public struct RulesDescription: Sendable, Hashable, Codable {
  public var rules: [Rule]

  public struct Rule: Sendable, Hashable, Codable {
    /// `V13`, or `V13.device` for a second text of the same code.
    public var code: String
    /// error, warn, notice or off.
    public var severity: String
    public var vi: String
    public var en: String
    public var source: String
  }
}

/// `provinces.yaml`.
public struct ProvincesDescription: Sendable, Hashable, Codable {
  /// From this day letters must use the new names.
  public var since: CalendarDate
  public var provinces: [Province]

  public struct Province: Sendable, Hashable, Codable {
    /// Without "Tỉnh" or "Thành phố".
    public var name: String
    public var code: String
    /// A centrally run city (thành phố trực thuộc trung ương).
    public var city: Bool
    public var agencyCode: String
    public var aliases: [String]?
    public var old: [Old]
  }

  /// A province as it was before.
  public struct Old: Sendable, Hashable, Codable {
    public var name: String
    public var idPrefix: String
    public var agencyCode: String
    public var aliases: [String]?
  }
}

/// `telephones.yaml`.
public struct TelephonesDescription: Sendable, Hashable, Codable {
  public var simPKICarriers: [String]
  /// Prefixes of three digits by carrier.
  public var prefixes: [String: [String]]

  /// The carrier that was given the number's block.
  public func carrier(of number: String) -> String? {
    let prefix = String(number.prefix(3))
    return prefixes.first { $0.value.contains(prefix) }?.key
  }
}

/// `mailboxes.yaml`.
public struct MailboxesDescription: Sendable, Hashable, Codable {
  public var `public`: [String]
  public var known: [String]

  /// What a mailbox's domain is.
  public enum Domain: Sendable, Hashable {
    case state, publicProvider, unknown
  }

  public func kind(ofDomain domain: String) -> Domain {
    let domain = domain.lowercased()
    func fits(_ entry: String) -> Bool {
      if entry.utf8.suffix(2).elementsEqual(".*".utf8) {
        let stem = entry.dropLast(1)
        return domain.hasPrefix(stem) || domain.contains("." + stem)
      }
      // Byte by byte: thousands of mailboxes are asked about.
      let rest = domain.utf8.count - entry.utf8.count
      return rest >= 0 && domain.utf8.suffix(entry.utf8.count).elementsEqual(entry.utf8)
        && (rest == 0 || domain.utf8.dropLast(entry.utf8.count).last == UInt8(ascii: "."))
    }
    // A state domain first, so that a listed provider's name inside it (live.xyz.gov.vn) does no harm.
    if known.contains(where: fits) { return .state }
    return self.public.contains(where: fits) ? .publicProvider : .unknown
  }
}

/// `reasons.yaml`.
public struct ReasonsDescription: Sendable, Hashable, Codable {
  public var reasons: [Reason]

  public struct Reason: Sendable, Hashable, Codable {
    public var code: String
    public var text: String
    public var words: [String]
  }

  /// The code that we suggest for a printed reason; `nil` when none fits.
  public func code(for reason: String) -> String? {
    let text = PhraseText(reason)
    return reasons.first { $0.words.contains { text.contains(anyOf: $0) } }?.code
  }
}

/// `addressees.yaml`.
public struct AddresseesDescription: Sendable, Hashable, Codable {
  public var authority: Authority
  public var delegations: [Delegation]
  public var mayBeDelegated: [DossierType]
  public var delegableWords: [String]

  public struct Authority: Sendable, Hashable, Codable {
    public var print: String
    public var words: [String]
    public var formerWords: [String]
    public var address: String
  }

  public struct Delegation: Sendable, Hashable, Codable {
    public var province: String
    public var types: [DossierType]
    public var print: String
    public var words: [String]
  }

  /// What to print after "Kính gửi" for a type from a sender in `province`.
  public func addressee(for type: DossierType, province: String?) -> String {
    guard let province else { return authority.print }
    return delegations.first { $0.types.contains(type) && $0.province.toneFolded == province.toneFolded }?.print
      ?? authority.print
  }
}

/// `statuses.yaml`.
public struct StatusesDescription: Sendable, Hashable, Codable {
  public var fromAxis: [String: DossierState]
  public var toAxis: [String: String]
  public var dossierCode: DossierCodeWords

  /// How the description of status 03 names the dossier; `{code}` stands for its code.
  public struct DossierCodeWords: Sendable, Hashable, Codable {
    public var write: String
    /// The first that is found counts.
    public var read: [String]
  }

  /// What is written with 03 for the dossier with `code`.
  public func description(accepting code: String) -> String {
    dossierCode.write.replacing("{code}", with: code)
  }

  /// The code that the description of a 03 names; nil if it names none.
  public func dossierCode(in description: String) -> String? {
    let description = description.nfc
    for words in dossierCode.read {
      let before = words.nfc.prefix { $0 != "{" }
      guard let range = description.range(of: before) else { continue }
      let code = description[range.upperBound...].prefix { !$0.isWhitespace }
        .trimmingCharacters(in: CharacterSet(charactersIn: ".,;"))
      if (1...100).contains(code.count), code.contains(where: \.isNumber) { return code }
    }
    return nil
  }

  /// The state that a status code of the axis puts the sender's dossier into.
  public func state(for code: String) -> DossierState? { fromAxis[code] }

  /// The status code to send when the authority's dossier comes into `state`.
  public func code(for state: DossierState) -> String? { toAxis[state.rawValue] }
}

/// `organisation-words.yaml`.
public struct OrganisationWordsDescription: Sendable, Hashable, Codable {
  /// How the common name of an organisation's certificate begins.
  public var words: [String]
}

/// `calendar.yaml`.
public struct CalendarDescription: Sendable, Hashable, Codable {
  public var timeZone: String
  public var years: [String: Year]
  public var deadlines: [String: Deadline]
  /// By the words of ``WorkingCalendar/Step``; what is missing has no time.
  public var steps: [String: Step]?

  public struct Step: Sendable, Hashable, Codable {
    /// After the day of the step before; 0 is that day, or the next working day where offices are closed.
    public var workingDays: Int
    /// Of the day in Vietnam, 0 to 24.
    public var hour: Int
    public var source: String
    public var provisional: Bool?
  }

  public struct Year: Sendable, Hashable, Codable {
    public var certainty: String
    public var provisional: Bool?
    public var off: [CalendarDate]
    public var work: [CalendarDate]
  }

  public struct Deadline: Sendable, Hashable, Codable {
    public var workingDays: Int?
    public var source: String
    public var provisional: Bool?
  }
}
