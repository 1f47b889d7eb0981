import DossierModel
import Foundation

/// Numbers that look random but are the same at each run.
struct SteadyNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

/// Invented dossiers of every type, with all Vietnamese marks, short and long texts.
struct SampleDossiers {
  static let created = Date(timeIntervalSince1970: 1_795_000_000)

  private var numbers: SteadyNumbers

  init(seed: UInt64) { numbers = SteadyNumbers(seed: seed) }

  static func persons(_ count: Int) -> Dossier {
    var samples = SampleDossiers(seed: 7)
    return samples.dossier(.persons, rows: count)
  }

  private mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(numbers.next() % UInt64(items.count))] }
  private mutating func chance(_ percent: UInt64) -> Bool { numbers.next() % 100 < percent }
  private mutating func digits(_ count: Int) -> String {
    (0..<count).map { _ in String(numbers.next() % 10) }.joined()
  }
  private mutating func hex(_ count: Int) -> String {
    (0..<count).map { _ in String(Array("0123456789ABCDEF")[Int(numbers.next() % 16)]) }.joined()
  }

  private mutating func name() -> String {
    let families = ["Nguyễn", "Đặng", "Lỗ", "Ưng", "Quách", "H'Thử", "Kpă", "Tôn Nữ", "Ỷ"]
    let middles = ["Thị", "Văn", "Quỳnh", "Khuê Mẫu", "Đỗ Thuỷ", "Hữu", ""]
    let givens = ["Ưu", "Hường", "Khoẻ", "Thuỳ Dương", "Ỹ", "Nguyệt", "Lộc", "Ẩn", "Yến Nhi", "Ổn", "Sửu", "Đạt"]
    return [pick(families), pick(middles), pick(givens)].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private mutating func date(_ years: ClosedRange<Int>) -> CalendarDate? {
    let year = years.lowerBound + Int(numbers.next() % UInt64(years.count))
    return CalendarDate(year: year, month: 1 + Int(numbers.next() % 12), day: 1 + Int(numbers.next() % 28))
  }

  private mutating func email() -> String {
    let names = ["a", "ptvd", "nguoi.dung", "van-thu", "phong.cntt.so-thu-nghiem", "donviquanlycosothunghiemtap"]
    return pick(names) + digits(2)
      + pick(["@sothu.gov.vn", "@tinhvidu.gov.vn", "@phongthu.sothunghiem.tinhvidu.gov.vn"])
  }

  private mutating func unit() -> String {
    pick([
      "Phòng Tổng hợp", "Văn phòng Sở Thử nghiệm", "Chi cục Thử nghiệm và Đo lường Ví dụ, Sở Thử nghiệm tỉnh Ví Dụ",
      "Trường Trung học phổ thông Dân tộc nội trú Thử Mẫu", "Phòng Hành chính - Tổ chức", "Ban Tiếp công dân tỉnh",
    ])
  }

  private mutating func issuer() -> String {
    pick(["Bộ Công an", "Cục Cảnh sát QLHC về TTXH", "Cục Cảnh sát quản lý hành chính về trật tự xã hội"])
  }

  private mutating func address() -> String {
    pick([
      "Thôn Mẫu, xã Thử Một, tỉnh Ví Dụ", "Số 12 đường Thử Nghiệm, phường Ví Dụ Hai, tỉnh Lạng Sơn",
      "Tầng 5, toà nhà Thử, số 8 ngõ 120/3 phố Mẫu Ba, phường Thử Bốn, thành phố Hà Nội",
    ])
  }

  private mutating func province() -> String {
    pick(["Lạng Sơn", "Hà Nội", "Huế", "Thành phố Hồ Chí Minh", "Đắk Lắk"])
  }

  private mutating func row(_ type: DossierType, number: Int) -> DossierRow {
    var row = DossierRow(number: number)
    row.email = email()
    switch type {
    case .persons:
      row.fullName = name()
      row.birthDate = date(1965...2003)
      row.citizenId = digits(12)
      if chance(80) {
        row.idIssueDate = date(2021...2025)
        row.idIssuePlace = issuer()
      }
      row.organisation = unit()
      row.province = province()
      row.position = pick(["Chuyên viên", "Phó Trưởng phòng phụ trách", "Kế toán trưởng", "Chủ tịch"])
      row.mobile = "09" + digits(8)
      if chance(20) { row.oldCertificateSerial = hex(chance(50) ? 16 : 6) }
      if chance(25) { row.simPKI = SIMPKI(carrier: pick(SIMPKI.usualCarriers), keepNumber: chance(40)) }
    case .organisations:
      row.organisationName = unit()
      row.address = address()
      row.taxCode = digits(10) + (chance(30) ? "-" + digits(3) : "")
      row.budgetCode = digits(7)
      row.province = province()
    case .devices:
      row.deviceName = pick(["Máy chủ ký số Thử", "Cổng dịch vụ (dvc.sothu.gov.vn)", "Phần mềm quản lý văn bản Ví Dụ"])
      row.organisation = unit()
      row.address = address()
      row.province = province()
    case .renewalOrChange:
      row.certificateName = chance(70) ? name() : unit()
      row.certificateSerial = hex(chance(50) ? 16 : 6)
      if chance(20) { row.signingPhone = "09" + digits(8) }
      row.change = chance(50)
      row.renew = !row.change || chance(30)
      if row.change {
        row.oldInfo = "Cơ quan công tác: " + unit()
        row.newInfo = "Cơ quan công tác: " + unit()
      }
    case .revocation:
      row.certificateName = name()
      if chance(75) {
        row.citizenId = digits(12)
        row.idIssueDate = date(2021...2025)
        row.idIssuePlace = issuer()
      } else {
        row.taxCode = digits(10)
        row.budgetCode = digits(7)
      }
      row.certificateSerial = hex(chance(50) ? 16 : 6)
      if chance(85) { row.deviceNumber = hex(8) }
      row.reason = pick(["Nghỉ hưu", "Thôi việc", "Chuyển công tác sang cơ quan khác ngoài tỉnh", "Giải thể, sáp nhập"])
    case .deviceRestoration:
      row.deviceNumber = hex(8)
      row.certificateName = name()
      row.organisation = unit()
    }
    return row
  }

  mutating func dossier(_ type: DossierType, rows count: Int) -> Dossier {
    let rows = (1...count).map { row(type, number: $0) }
    var contact = ContactPerson(
      fullName: name(), citizenId: digits(12), idIssueDate: date(2021...2025), idIssuePlace: issuer(),
      position: "Chuyên viên Văn phòng", mobile: "09" + digits(8))
    if type == .deviceRestoration {
      contact.organisation = unit()
    } else {
      contact.email = email()
      contact.address = address()
    }
    let agencies = [
      ("Sở Thử nghiệm tỉnh Lạng Sơn", "Ủy ban nhân dân tỉnh Lạng Sơn", "Lạng Sơn", "STN-VP"),
      ("Ủy ban nhân dân xã Thử Mẫu", "Ủy ban nhân dân tỉnh Ví Dụ", "Thử Mẫu", "UBND-VP"),
      ("Bệnh viện Đa khoa khu vực Thử Nghiệm", "Sở Y tế tỉnh Ví Dụ", "Huế", "BVTN-TCHC"),
    ]
    let agency = pick(agencies)
    return Dossier(
      type: type, centralSigning: type == .persons && chance(30), contact: contact, declaredCount: count, rows: rows,
      letter: LetterHead(
        number: String(10 + numbers.next() % 4000), notation: agency.3, date: date(2025...2026), place: agency.2,
        agency: agency.0, superior: agency.1,
        signer: LetterHead.Signer(
          fullName: name(), titleLines: chance(50) ? ["GIÁM ĐỐC"] : ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"])))
  }
}
