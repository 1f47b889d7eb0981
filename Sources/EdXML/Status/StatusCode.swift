public import VietnameseText

/// What a status says (`StatusCode`; edxml.md section 7). 07 to 12 and 14 are not known to be used.
public enum StatusCode: OpenCode {
  /// 01
  case arrived
  /// 02; needs a reason.
  case refused
  /// 03
  case accepted
  /// 04
  case assigned
  /// 05
  case processing
  /// 06
  case finished
  /// 13, from the sender; needs a reason.
  case takeBack
  /// 15
  case changeAccepted
  /// 16; needs a reason.
  case changeRefused
  case other(String)

  public static let known: [StatusCode] = [
    .arrived, .refused, .accepted, .assigned, .processing, .finished, .takeBack, .changeAccepted, .changeRefused,
  ]

  /// A single digit is taken with its leading zero, as people type it.
  public init(code: String) {
    let padded = code.count == 1 && code.allSatisfy(\.isASCIIDigit) ? "0" + code : code
    self = Self.known.first { $0.code == padded } ?? .other(code)
  }

  public var code: String {
    switch self {
    case .arrived: "01"
    case .refused: "02"
    case .accepted: "03"
    case .assigned: "04"
    case .processing: "05"
    case .finished: "06"
    case .takeBack: "13"
    case .changeAccepted: "15"
    case .changeRefused: "16"
    case .other(let code): code
    }
  }

  public var isKnown: Bool { if case .other = self { false } else { true } }

  /// Whether a description has to say why.
  public var needsReason: Bool { [.refused, .takeBack, .changeRefused].contains(self) }

  /// As people call it.
  public var name: ClerkSentence {
    switch self {
    case .arrived: ClerkSentence(vi: "Đã đến", en: "Arrived")
    case .refused: ClerkSentence(vi: "Từ chối tiếp nhận", en: "Refused")
    case .accepted: ClerkSentence(vi: "Đã tiếp nhận", en: "Accepted")
    case .assigned: ClerkSentence(vi: "Phân công", en: "Assigned")
    case .processing: ClerkSentence(vi: "Đang xử lý", en: "In progress")
    case .finished: ClerkSentence(vi: "Hoàn thành", en: "Finished")
    case .takeBack: ClerkSentence(vi: "Lấy lại", en: "Sender asks to take it back")
    case .changeAccepted:
      ClerkSentence(vi: "Đồng ý cập nhật, lấy lại hoặc thu hồi", en: "Update, take-back or recall agreed")
    case .changeRefused:
      ClerkSentence(vi: "Từ chối cập nhật, lấy lại hoặc thu hồi", en: "Update, take-back or recall refused")
    case .other(let code): ClerkSentence(vi: "Trạng thái khác (\(code))", en: "Other status (\(code))")
    }
  }
}
