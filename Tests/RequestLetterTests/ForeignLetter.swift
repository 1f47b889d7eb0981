import Foundation
import TextLayout

/// Letters as other agencies lay them out: made with the same drawing tools as ours, but with other words, other places
/// and other tables. All names are invented.
struct ForeignLetter {
  enum Contact {
    /// A ruled table, label beside value.
    case ruled
    /// Two columns of "label: value" without lines.
    case columns
    case lines
  }

  var letterhead = ["UBND TỈNH LẠNG SƠN", "TRƯỜNG THPT THỬ MẪU"]
  var agency = "Trường Trung học phổ thông Thử Mẫu"
  var code = "Số: 27 /THPT-VP"
  var subject = "V/v: đề nghị cấp mới chứng thư số cho cá nhân"
  var date = "Lạng Sơn, ngày 3 tháng 11 năm 2026"
  var contact = Contact.lines
  var values: [(label: String, value: String)] = [
    ("Họ và tên", "Ưng Thị Khuê Mẫu"), ("Số căn cước công dân", "020185001234"), ("Ngày cấp", "05/06/2023"),
    ("Nơi cấp", "Cục Cảnh sát quản lý hành chính về trật tự xã hội"), ("Chức vụ", "Văn thư"),
    ("Điện thoại", "0912 000 345"), ("Email công vụ", "mau.utk@langson.vidu.gov.vn"),
    ("Địa chỉ nhận", "Trường THPT Thử Mẫu, thôn Thử, xã Mẫu Một, tỉnh Lạng Sơn"),
  ]
  var count = "2. Số lượng và danh sách: hai (02) cá nhân, gồm:"
  var heads = [
    "TT", "Họ và tên", "Ngày sinh", "Số CCCD", "Email công vụ (2)", "Phòng, ban", "Tỉnh/TP (3)", "Chức danh", "SĐT",
  ]
  var rows = [
    [
      "1", "Quách Thuỳ Yến", "1/2/1985", "020185001111", "yen.qt@langson.vidu.gov.vn", "Tổ Toán - Tin", "Lạng Sơn",
      "Giáo viên", "0912.000.111",
    ],
    [
      "2", "Lỗ Văn Ổn", "15/12/1990", "020090002222", "on.lv@langson.vidu.gov.vn", "Tổ Văn", "Lạng Sơn", "Giáo viên",
      "0912.000.222",
    ],
  ]
  var signer = ["KT. HIỆU TRƯỞNG", "PHÓ HIỆU TRƯỞNG"]
  var signerName = "Nghiêm Thị Thử"
  /// A letter of its own behind this one, in the same file.
  var isFollowed = false

  func pdf() throws -> Data {
    let writer = try PageWriter(
      DocumentMetadata(title: "", author: "", creator: "test", created: SampleDossiers.created),
      geometry: .portraitA4(top: 20, bottom: 20, left: 25, right: 15))
    let flow = PageFlow(writer, pageNumber: nil)
    try write(on: flow, code: code)
    if isFollowed {
      try flow.startPage()
      try write(on: flow, code: code.replacing("27", with: "28"))
    }
    return try writer.finish()
  }

  private let plain = TextStyle(size: 13)
  private let bold = TextStyle(size: 13, bold: true)

  private func write(on flow: PageFlow, code: String) throws {
    let left = flow.geometry.left
    let width = flow.geometry.textWidth
    let middle = left + 0.42 * width
    let top = flow.y
    let small = TextStyle(size: 12)
    let head = letterhead.map { Paragraph($0, small, alignment: .centre) }
    let end = try flow.placeColumn(
      head + [Paragraph(code, plain, alignment: .centre), Paragraph(subject, small, alignment: .centre)], x: left,
      width: middle - left - 6, y: top)
    try flow.placeColumn(
      [
        Paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", TextStyle(size: 12, bold: true), alignment: .centre),
        Paragraph("Độc lập - Tự do - Hạnh phúc", bold, alignment: .centre),
        Paragraph(date, TextStyle(size: 13, italic: true), alignment: .centre),
      ], x: middle, width: left + width - middle, y: top)
    flow.moveTo(end + 12)
    try flow.place(
      Paragraph(
        "Kính gửi: Cục Chứng thực số và Bảo mật thông tin, Ban Cơ yếu Chính phủ.", plain, alignment: .centre))
    flow.skip(8)
    try flow.place(
      Paragraph(
        "\(agency) kính đề nghị Quý Cục cấp chứng thư chữ ký số cho cá nhân như sau:", plain, alignment: .justified))
    try flow.place(Paragraph("1. Thông tin người tiếp nhận thiết bị lưu khoá bí mật:", bold))
    try writeContact(on: flow)
    try flow.place(Paragraph(count, bold))
    let table = Table(
      columns: heads.map { _ in Table.Column(mayBreakWords: true) },
      head: heads.enumerated().map { Table.HeadCell($1, column: $0) }, rows: rows,
      headStyle: TextStyle(size: 9, bold: true), bodyStyle: TextStyle(size: 9))
    try flow.place(table, widths: try writer(flow).widths(of: table).filling(width))
    flow.skip(8)
    try flow.place(Paragraph("Trân trọng cảm ơn./.", plain))
    flow.skip(8)
    try flow.ensure(150)
    let start = flow.y
    try flow.placeColumn(
      [
        Paragraph("Nơi nhận:", TextStyle(size: 12, bold: true, italic: true)),
        Paragraph("- Như trên;", TextStyle(size: 11)), Paragraph("- Lưu: VT.", TextStyle(size: 11)),
      ],
      x: left, width: width * 0.4, y: start)
    let below = try flow.placeColumn(
      signer.map { Paragraph($0, bold, alignment: .centre) }, x: left + width * 0.5, width: width * 0.5, y: start)
    try flow.placeColumn(
      [Paragraph(signerName, bold, alignment: .centre)], x: left + width * 0.5, width: width * 0.5, y: below + 70)
  }

  private func writer(_ flow: PageFlow) -> PageWriter { flow.writer }

  private func writeContact(on flow: PageFlow) throws {
    let left = flow.geometry.left
    let width = flow.geometry.textWidth
    switch contact {
    case .lines:
      for item in values { try flow.place(Paragraph("- \(item.label): \(item.value)", plain, alignment: .justified)) }
    case .ruled:
      // The label stands in the middle of its cell's height, as word processors can set it.
      let split = left + 110
      var y = flow.y
      for item in values {
        let label = try flow.writer.block(Paragraph(item.label, plain), width: 100)
        let value = try flow.writer.block(Paragraph(item.value, plain), width: 150)
        let height = max(label.height, value.height) + 4
        flow.writer.draw(label, x: left + 4, y: y + (height - label.height) / 2)
        flow.writer.draw(value, x: split + 4, y: y + (height - value.height) / 2)
        flow.writer.rule(fromX: left, y: y, toX: split + 160, y: y)
        for x in [left, split, split + 160] { flow.writer.rule(fromX: x, y: y, toX: x, y: y + height) }
        y += height
      }
      flow.writer.rule(fromX: left, y: y, toX: split + 160, y: y)
      flow.moveTo(y + 4)
    case .columns:
      for start in stride(from: 0, to: values.count, by: 2) {
        var end = flow.y
        for (index, item) in values[start..<min(start + 2, values.count)].enumerated() {
          end = max(
            end,
            try flow.placeColumn(
              [Paragraph("\(item.label): \(item.value)", plain)], x: left + Double(index) * width / 2,
              width: width / 2 - 8, y: flow.y))
        }
        flow.moveTo(end + 2)
      }
    }
  }
}
