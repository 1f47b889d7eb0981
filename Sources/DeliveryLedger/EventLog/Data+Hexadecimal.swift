import Foundation
import SigningCore

extension Data {
  /// Lower-case hexadecimal digits.
  var hexadecimalText: String { hexadecimal }
}
