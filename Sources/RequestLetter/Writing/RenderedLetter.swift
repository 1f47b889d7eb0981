public import Foundation

/// A letter's pages and the places that later acts fill.
public struct RenderedLetter: Sendable {
  public let pdf: Data
  public let pages: Int
  /// Where the leader's signature picture goes: centred between title and name (NĐ 30/2020, Phụ lục I).
  public let signaturePicture: PageBox
  /// Where the agency's red seal goes: over the left third of the signature.
  public let seal: PageBox
  /// Free room behind "Số:" and the date's line, for the issue act when number or date were not given.
  public let numberPlace: PageBox
  public let datePlace: PageBox
}

/// A rectangle in PDF user space: points, origin in the page's lower left corner.
public struct PageBox: Sendable, Hashable, Codable {
  /// First page is 0.
  public let page: Int
  public let left: Double
  public let bottom: Double
  public let right: Double
  public let top: Double

  public init(page: Int, left: Double, bottom: Double, right: Double, top: Double) {
    self.page = page
    self.left = left
    self.bottom = bottom
    self.right = right
    self.top = top
  }
}

/// What may be chosen about a letter's look.
public struct RenderingOptions: Sendable, Hashable {
  /// Where the list stands.
  public enum ListPlace: String, Sendable, Hashable, Codable {
    /// In the letter if it is short and narrow, else on pages of its own.
    case automatic
    case inLetter
    /// On landscape pages behind the letter, in the same file.
    case annex
  }

  public var listPlace: ListPlace
  /// Prints "Mẫu số 0n" above the head, as the decree's forms have it.
  public var showsFormNumber: Bool

  public init(listPlace: ListPlace = .automatic, showsFormNumber: Bool = true) {
    self.listPlace = listPlace
    self.showsFormNumber = showsFormNumber
  }
}
