import Foundation
import VietnameseText

/// Tells whether letters are one Vietnamese syllable: an onset, a rime, at most one tone mark. It says which pieces of a
/// word that a narrow column broke belong together.
enum Syllable {
  static func isOne(_ text: some StringProtocol) -> Bool {
    var tones = 0
    var plain = ""
    for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
      if toneMarks.contains(scalar) {
        tones += 1
      } else {
        plain.unicodeScalars.append(scalar)
      }
    }
    guard tones <= 1, (1...7).contains(plain.count) else { return false }
    plain = plain.nfc
    return onsets.contains { onset in plain.hasPrefix(onset) && rimes.contains(String(plain.dropFirst(onset.count))) }
  }

  /// The letter without its tone mark: `ể` → `ê`.
  static func bare(_ letter: Character) -> Character {
    var plain = ""
    for scalar in String(letter).decomposedStringWithCanonicalMapping.unicodeScalars where !toneMarks.contains(scalar) {
      plain.unicodeScalars.append(scalar)
    }
    return plain.nfc.first ?? letter
  }

  private static let toneMarks: Set<Unicode.Scalar> = ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]

  private static let onsets = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
  ]

  private static let rimes: Set<String> = Set(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch êm
    ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap
    oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u
    ua uân uâng uât uây uc ui um un ung uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu uơ uê uêch uênh
    ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
