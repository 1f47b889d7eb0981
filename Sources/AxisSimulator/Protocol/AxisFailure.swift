/// A refusal as the axis words it: an error code of the gateway's list (domain notes 8.7) and a description.
struct AxisFailure: Error, Sendable {
  /// 10 invalid file or id, 15 not authentic, 18 unknown receiver, 19 unknown sender, 20 system error, 22 wrong edXML.
  let code: String
  let description: String

  init(_ code: String, _ description: String) {
    self.code = code
    self.description = description
  }

  static func notAuthentic(_ description: String) -> AxisFailure { AxisFailure("15", description) }
  static func wrongParameter(_ description: String) -> AxisFailure { AxisFailure("10", description) }
}
