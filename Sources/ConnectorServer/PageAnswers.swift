import ClerkPages
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import VietnameseText

/// Answers made of pages, and the messages for what cannot be shown.
struct PageAnswers: Sendable {
  let desk: any LetterDesk
  let pages: PageRenderer
  let now: @Sendable () -> Date

  func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  /// The state of the server for a watching program; nothing of letters, names or addresses.
  func health(_ status: HTTPResponse.Status, _ word: String) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(string: "{\"status\":\"\(word)\"}\n")))
  }

  func refusal(_ refusal: DoorKeeper<BasicRequestContext>.Refusal, _ request: Request) -> Response {
    switch refusal {
    case .wrongHost:
      return message(.misdirectedRequest, request)
    case .wrongMethod:
      var response = message(.methodNotAllowed, request)
      response.headers[.allow] = "GET"
      return response
    case .targetTooLong:
      return message(.uriTooLong, request)
    }
  }

  /// The message page for `status`; plain text should even that fail.
  func message(_ status: HTTPResponse.Status, _ request: Request) -> Response {
    let choices = ReaderChoices(request, stages: [])
    let (title, text) = Self.sentences(status)
    let page = MessagePage(
      desk: choices.desk(desk, now: now()), status: status.code, title: title, message: text)
    if let page = try? pages.html(page) { return html(page, status: status) }
    return Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: text[choices.language] + "\n")))
  }

  private static func sentences(_ status: HTTPResponse.Status) -> (ClerkSentence, ClerkSentence) {
    switch status {
    case .notFound:
      (
        ClerkSentence(vi: "Không tìm thấy", en: "Not found"),
        ClerkSentence(
          vi: "Không có văn bản hoặc trang này. Hãy trở về danh sách và tìm theo số, ký hiệu.",
          en: "There is no such letter or page. Go back to the list and search by its number.")
      )
    case .misdirectedRequest:
      (
        ClerkSentence(vi: "Sai địa chỉ", en: "Wrong address"),
        ClerkSentence(
          vi: "Trang này chỉ mở trên chính máy chủ, tại 127.0.0.1 hoặc localhost.",
          en: "This page opens only on the server itself, at 127.0.0.1 or localhost.")
      )
    case .methodNotAllowed:
      (
        ClerkSentence(vi: "Chỉ để xem", en: "For reading only"),
        ClerkSentence(
          vi: "Các trang này chỉ để xem. Việc xử lý văn bản thực hiện bằng lệnh lienthong.",
          en: "These pages are for reading. Letters are handled with the lienthong command.")
      )
    case .uriTooLong:
      (
        ClerkSentence(vi: "Địa chỉ quá dài", en: "Address too long"),
        ClerkSentence(
          vi: "Điều kiện tìm quá dài. Hãy rút gọn rồi tìm lại.", en: "The search is too long. Shorten it and try again."
        )
      )
    default:
      (
        ClerkSentence(vi: "Chưa hiển thị được", en: "Cannot be shown"),
        ClerkSentence(
          vi:
            "Không đọc được sổ văn bản lúc này. Văn bản không bị mất; hãy thử lại sau ít phút hoặc báo người quản trị.",
          en: "The ledger cannot be read now. No letter is lost; try again in a few minutes or tell the operator.")
      )
    }
  }
}
