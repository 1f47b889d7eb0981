internal import Foundation

/// The tokens that a PKCS#11 module sees (PKCS #11 2.40, 5.5): asked before a PIN is tried, so that it goes to the right
/// token and never to one that it would lock.
struct TokenDirectory {
  struct Token {
    let label: String
    let serial: String
    /// One more wrong PIN locks it.
    let isAtFinalTry: Bool
    let isLocked: Bool
  }

  let tokens: [Token]

  /// Most slots that are looked at.
  private static let slotLimit = 64

  // CK_FUNCTION_LIST begins with CK_VERSION, two bytes, and goes on with pointers; these are places among the pointers.
  private static let initialize = 0
  private static let getSlotList = 4
  private static let getTokenInfo = 6
  private static let alreadyInitialized: UInt = 0x191
  // CK_TOKEN_INFO: label 32, manufacturer 32, model 16, serial 16 bytes, then the flags.
  private static let infoByteCount = 256
  private static let labelBytes = 0..<32
  private static let serialBytes = 80..<96
  private static let flagsOffset = 96
  private static let initializedFlag: UInt = 0x400
  private static let finalTryFlag: UInt = 0x20000
  private static let lockedFlag: UInt = 0x40000

  private typealias GetFunctionList = @convention(c) (UnsafeMutablePointer<UnsafeRawPointer?>) -> UInt
  private typealias Initialize = @convention(c) (UnsafeMutableRawPointer?) -> UInt
  private typealias GetSlotList =
    @convention(c) (UInt8, UnsafeMutablePointer<UInt>?, UnsafeMutablePointer<UInt>) -> UInt
  private typealias GetTokenInfo = @convention(c) (UInt, UnsafeMutableRawPointer) -> UInt

  /// - Parameter module: path of the module; it stays loaded, as the engine needs it too.
  init(module: String) throws(SigningError) {
    guard FileManager.default.fileExists(atPath: module) else {
      throw SigningError(.tokenModuleUnusable, "there is no module \(module)")
    }
    guard let library = dlopen(module, RTLD_NOW | RTLD_LOCAL), let symbol = dlsym(library, "C_GetFunctionList") else {
      throw SigningError(.tokenModuleUnusable, "\(module) is no PKCS#11 module")
    }
    var table: UnsafeRawPointer?
    guard unsafeBitCast(symbol, to: GetFunctionList.self)(&table) == 0, let table else {
      throw SigningError(.tokenModuleUnusable, "\(module) gives no function list")
    }
    func function(_ index: Int) throws(SigningError) -> UnsafeRawPointer {
      let place = MemoryLayout<UnsafeRawPointer>.size * (1 + index)
      guard let found = table.load(fromByteOffset: place, as: UnsafeRawPointer?.self) else {
        throw SigningError(.tokenModuleUnusable, "\(module) lacks function \(index)")
      }
      return found
    }
    // CK_C_INITIALIZE_ARGS: four callbacks of which there are none, CKF_OS_LOCKING_OK, nothing: several threads may sign.
    var arguments: [UInt] = [0, 0, 0, 0, 2, 0]
    let started = unsafeBitCast(try function(Self.initialize), to: Initialize.self)(&arguments)
    guard started == 0 || started == Self.alreadyInitialized else {
      throw SigningError(.tokenModuleUnusable, "\(module) does not start, CKR \(String(started, radix: 16))")
    }
    let slotList = unsafeBitCast(try function(Self.getSlotList), to: GetSlotList.self)
    let tokenInfo = unsafeBitCast(try function(Self.getTokenInfo), to: GetTokenInfo.self)
    var slots = [UInt](repeating: 0, count: Self.slotLimit)
    var count = UInt(Self.slotLimit)
    let listed = slotList(1, &slots, &count)
    guard listed == 0 else {
      throw SigningError(.tokenModuleUnusable, "\(module) lists no slots, CKR \(String(listed, radix: 16))")
    }
    tokens = slots.prefix(Int(min(count, UInt(Self.slotLimit)))).compactMap { slot in
      Self.token(slot, tokenInfo)
    }
  }

  private static func token(_ slot: UInt, _ tokenInfo: GetTokenInfo) -> Token? {
    // Word-aligned and larger than the structure.
    var info = [UInt](repeating: 0, count: infoByteCount / MemoryLayout<UInt>.size)
    return info.withUnsafeMutableBytes { bytes -> Token? in
      guard let base = bytes.baseAddress, tokenInfo(slot, base) == 0 else { return nil }
      let flags = bytes.load(fromByteOffset: flagsOffset, as: UInt.self)
      guard flags & initializedFlag != 0 else { return nil }
      return Token(
        label: text(bytes[labelBytes]), serial: text(bytes[serialBytes]), isAtFinalTry: flags & finalTryFlag != 0,
        isLocked: flags & lockedFlag != 0)
    }
  }

  /// Fixed fields are padded with blanks, by some modules with zeros.
  private static func text(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> String {
    String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: CharacterSet(charactersIn: " \0"))
  }

  /// The one token that `label` or `serial` names, in a state in which a PIN may be tried.
  func token(label: String?, serial: String?) throws(SigningError) -> Token {
    let found = tokens.filter { token in
      (label.map { $0 == token.label } ?? true) && (serial.map { $0 == token.serial } ?? true)
    }
    guard let token = found.first else {
      let labels = tokens.map { "“\($0.label)” serial \($0.serial)" }.joined(separator: ", ")
      throw SigningError(.tokenAbsent, "plugged in: \(labels.isEmpty ? "none" : labels)")
    }
    guard found.count == 1 else {
      throw SigningError(.tokenAbsent, "\(found.count) tokens have this name; name the serial number")
    }
    if token.isLocked { throw SigningError(.tokenLocked, "the token says that its PIN is locked") }
    // The last try belongs to a person who knows the PIN, not to a service that starts again and again.
    if token.isAtFinalTry {
      throw SigningError(.tokenLocked, "one PIN try is left, it is not spent by this program")
    }
    return token
  }
}
