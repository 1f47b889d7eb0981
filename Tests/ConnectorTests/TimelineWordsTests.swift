import DeliveryLedger
import EdXML
import Testing
import VietnameseText

@testable import Connector

@Suite("What the timeline says")
struct TimelineWordsTests {
  @Test("An officer's own words stand with what the officer did")
  func officer() {
    #expect(NewEvent.officer(.assign, by: "Ví Dụ").sentence.vi == "Đã phân công xử lý.")
    #expect(NewEvent.officer(.assign, by: "Ví Dụ", note: " ").sentence.vi == "Đã phân công xử lý.")
    #expect(NewEvent.officer(.assign, by: "Ví Dụ", note: "Tổ 2.").sentence.vi == "Đã phân công xử lý: Tổ 2.")
    let refused = NewEvent.officer(.judgedRefusable, by: "Ví Dụ", note: "Giả mạo")
    #expect(refused.sentence == ClerkSentence(vi: "Cán bộ từ chối: Giả mạo.", en: "An officer refused it: Giả mạo."))
  }

  @Test("A reason that ends with a full stop, or that is none, does not double it")
  func reasons() {
    let recalled = "Bên gửi thu hồi công văn 1/A: Danh sách nhầm người. Dừng mọi xử lý."
    for reason in ["Danh sách nhầm người", "Danh sách nhầm người.", "Danh sách nhầm người. \n"] {
      #expect(NewEvent.recalled(by: "1/A", reason: reason).sentence.vi == recalled)
    }
    let declined = "Bên nhận không thu hồi được: hãy gửi Mẫu 05 (nếu cần). Công văn vẫn có hiệu lực."
    #expect(NewEvent.recallAnswered(false, reason: "hãy gửi Mẫu 05 (nếu cần).").sentence.vi == declined)
    for reason in [nil, " . "] {
      let said = NewEvent.updateAnswered(false, reason: reason).sentence
      #expect(said.vi == "Bên nhận không nhận bản cập nhật: không nêu lý do. Bản cũ vẫn có hiệu lực.")
    }
  }

  @Test("It is the receiver who is told that a letter is taken back, and the sender who is told the rest")
  func told() {
    let cause = ClerkSentence(vi: "Mã bên nhận không có.", en: "No such receiver.")
    #expect(NewEvent.statusDelivered(.takeBack).sentence.vi == "Đã báo bên nhận: 13 Lấy lại.")
    #expect(NewEvent.statusDelivered(.accepted).sentence.en == "The sender was told: 03 Accepted.")
    let refused = NewEvent.statusRefused(.finished, cause)
    #expect(refused.kind == "status.refused" && refused.statusCode == "06")
    #expect(
      refused.sentence.vi
        == "Trục từ chối trạng thái 06 Hoàn thành: Mã bên nhận không có. Bên gửi chưa được báo.")
    #expect(NewEvent.statusRefused(.takeBack, cause).sentence.vi.hasSuffix("Bên nhận chưa được báo."))
  }

  @Test("Who has a letter judged again, and who refuses it with a reason, stands in it though nobody is told")
  func unconfirmed() async throws {
    let desk = try ScriptedIntake()
    let letter = try await desk.receive(ScriptedIntake.document("X", "một"), by: "H77.01")
    let id = letter.id.rawValue
    _ = try await desk.officer.judgeAgain(id, officer: "Cán bộ")
    let again = try #require(try await desk.ledger.letterDetail(letter.id)?.events.last)
    #expect(again.kind == "officer.judgeAgain" && again.sentence.vi == "Cán bộ yêu cầu xét lại.")
    _ = try await desk.officer.refuse(id, officer: "Cán bộ", reason: "Giả mạo")
    let refused = try #require(try await desk.ledger.letterDetail(letter.id)?.events.last)
    #expect(refused.sentence.vi == "Cán bộ từ chối: Giả mạo.")
    #expect(try await desk.told(letter).isEmpty)
  }
}
