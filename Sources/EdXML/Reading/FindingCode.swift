import VietnameseText

/// What can be noted about a message; severity and wording of each are in this one table.
public enum FindingCode: String, Sendable, Hashable, Codable, CaseIterable {
  case undeclaredPrefix
  case namespaceProblem
  case foreignNamespace
  case strayBytes
  case trailingBytes
  case legacyEncoding
  case dateWithDashes
  case dateDayFirst
  case dateWithTime
  case unreadableDate
  case unreadableNumber
  case unknownCode
  case unknownElement
  case duplicateElement
  case duplicateStructure
  case markupInField
  case looseText
  case missingBusiness
  case missingTrace
  case missingReceiver
  case duplicateReceiver
  case missingDocumentId
  case missingCode
  case missingPromulgationDate
  case missingSubject
  case missingStatusCode
  case missingResponseFor
  case missingReason
  case missingTimestamp
  case statusWithAttachments
  case organIdForm
  case tooManyReceivers
  case missingAttachments
  case tooManyReferences
  case attachmentNotInManifest
  case manifestWithoutAttachment
  case missingContentId
  case duplicateContentId
  case missingAttachmentName
  case unsafeAttachmentName
  case repairedAttachmentName
  case nameDiffersFromManifest
  case contentTypeMismatch
  case typeSaysZip
  case attachmentNotBase64
  case base64Unpadded
  case base64URLSafe
  case attachmentEmpty
  case wrapperDamaged
  case wrapperEncrypted
  case wrapperHoldsMany
  case zipBomb
  case attachmentTooLarge
  case envelopeSignature

  public var severity: Severity {
    switch self {
    case .duplicateStructure,
      .missingReceiver,
      .missingStatusCode,
      .missingResponseFor,
      .tooManyReceivers,
      .tooManyReferences,
      .manifestWithoutAttachment,
      .duplicateContentId,
      .unsafeAttachmentName,
      .attachmentNotBase64,
      .attachmentEmpty,
      .wrapperDamaged,
      .wrapperEncrypted,
      .zipBomb,
      .attachmentTooLarge:
      .error
    case .undeclaredPrefix,
      .namespaceProblem,
      .foreignNamespace,
      .strayBytes,
      .trailingBytes,
      .unreadableDate,
      .unreadableNumber,
      .unknownCode,
      .duplicateElement,
      .markupInField,
      .looseText,
      .statusWithAttachments,
      .duplicateReceiver,
      .missingDocumentId,
      .missingCode,
      .missingPromulgationDate,
      .missingSubject,
      .missingReason,
      .missingTimestamp,
      .organIdForm,
      .missingAttachments,
      .attachmentNotInManifest,
      .missingContentId,
      .missingAttachmentName,
      .repairedAttachmentName,
      .nameDiffersFromManifest,
      .contentTypeMismatch,
      .typeSaysZip,
      .wrapperHoldsMany:
      .warning
    case .legacyEncoding,
      .dateWithDashes,
      .dateDayFirst,
      .dateWithTime,
      .unknownElement,
      .missingBusiness,
      .missingTrace,
      .base64Unpadded,
      .base64URLSafe,
      .envelopeSignature:
      .info
    }
  }

  /// What is wrong, in the clerk's words, without its subject.
  var sentence: ClerkSentence {
    switch self {
    case .undeclaredPrefix:
      ClerkSentence(
        vi: "Tiền tố không gian tên chưa được khai báo",
        en: "A namespace prefix is not declared")
    case .namespaceProblem:
      ClerkSentence(
        vi: "Khai báo không gian tên không đúng",
        en: "A namespace declaration is wrong")
    case .foreignNamespace:
      ClerkSentence(
        vi: "Không gian tên khác với QCVN 102:2016",
        en: "The namespace is not that of QCVN 102:2016")
    case .strayBytes:
      ClerkSentence(
        vi: "Có byte thừa trước phần khai báo XML",
        en: "Stray bytes stand before the prolog")
    case .trailingBytes:
      ClerkSentence(
        vi: "Có byte thừa sau phần tử gốc",
        en: "Stray bytes stand after the root element")
    case .legacyEncoding:
      ClerkSentence(
        vi: "Bảng mã không phải UTF-8",
        en: "The encoding is not UTF-8")
    case .dateWithDashes:
      ClerkSentence(
        vi: "Ngày viết với dấu gạch ngang",
        en: "A date is written with dashes")
    case .dateDayFirst:
      ClerkSentence(
        vi: "Ngày viết theo thứ tự ngày/tháng/năm",
        en: "A date is written day first")
    case .dateWithTime:
      ClerkSentence(
        vi: "Ngày viết kèm giờ",
        en: "A date is written with a time of day")
    case .unreadableDate:
      ClerkSentence(
        vi: "Ngày giờ không đọc được, giữ nguyên văn",
        en: "A date or time cannot be read and is kept as text")
    case .unreadableNumber:
      ClerkSentence(
        vi: "Số không đọc được, giữ nguyên văn",
        en: "A number cannot be read and is kept as text")
    case .unknownCode:
      ClerkSentence(
        vi: "Mã ngoài danh mục",
        en: "A code is not in the known list")
    case .unknownElement:
      ClerkSentence(
        vi: "Phần tử không có trong quy chuẩn, được giữ nguyên",
        en: "An element is not in the standard and is kept")
    case .duplicateElement:
      ClerkSentence(
        vi: "Phần tử lặp lại, chỉ dùng lần đầu",
        en: "An element is repeated, the first one counts")
    case .duplicateStructure:
      ClerkSentence(
        vi: "Phong bì hoặc phần đầu xuất hiện hai lần, không xác định được phần nào đúng",
        en: "The envelope or header occurs twice, so it is not clear which one counts")
    case .markupInField:
      ClerkSentence(
        vi: "Có thẻ hoặc chú thích chen giữa nội dung một trường; trường được đọc đầy đủ",
        en: "Markup stands inside the text of a field, which is read whole")
    case .looseText:
      ClerkSentence(
        vi: "Có chữ nằm ngoài các trường, được giữ nguyên",
        en: "Text stands outside of all fields and is kept")
    case .missingBusiness:
      ClerkSentence(
        vi: "Không có Bussiness, hiểu là văn bản mới",
        en: "There is no Bussiness, which means a new document")
    case .missingTrace:
      ClerkSentence(
        vi: "Không có vết xử lý TraceHeader",
        en: "There is no TraceHeader")
    case .missingReceiver:
      ClerkSentence(
        vi: "Không có mã định danh của bên nhận",
        en: "No receiver's code is given")
    case .duplicateReceiver:
      ClerkSentence(
        vi: "Bên nhận bị lặp",
        en: "A receiver is named twice")
    case .missingDocumentId:
      ClerkSentence(
        vi: "Không có DocumentId",
        en: "There is no DocumentId")
    case .missingCode:
      ClerkSentence(
        vi: "Không có số, ký hiệu văn bản",
        en: "Number or notation is missing")
    case .missingPromulgationDate:
      ClerkSentence(
        vi: "Không có ngày ban hành",
        en: "The date of issue is missing")
    case .missingSubject:
      ClerkSentence(
        vi: "Không có trích yếu",
        en: "The subject is missing")
    case .missingStatusCode:
      ClerkSentence(
        vi: "Không có mã trạng thái",
        en: "The status code is missing")
    case .missingResponseFor:
      ClerkSentence(
        vi: "Trạng thái không cho biết về văn bản nào",
        en: "The status does not say which document it is about")
    case .missingReason:
      ClerkSentence(
        vi: "Trạng thái này cần có lý do",
        en: "This status needs a reason")
    case .missingTimestamp:
      ClerkSentence(
        vi: "Trạng thái không có thời điểm",
        en: "The status has no time")
    case .statusWithAttachments:
      ClerkSentence(
        vi: "Trạng thái kèm tệp đính kèm, không được dùng",
        en: "A status carries attachments, which are not used")
    case .organIdForm:
      ClerkSentence(
        vi: "Mã định danh không đúng dạng nào đã biết",
        en: "An identifier code has no known form")
    case .tooManyReceivers:
      ClerkSentence(
        vi: "Quá nhiều bên nhận",
        en: "There are too many receivers")
    case .missingAttachments:
      ClerkSentence(
        vi: "Văn bản không có tệp đính kèm",
        en: "The document has no attachment")
    case .tooManyReferences:
      ClerkSentence(
        vi: "Bảng kê có quá nhiều dòng",
        en: "The manifest has too many lines")
    case .attachmentNotInManifest:
      ClerkSentence(
        vi: "Tệp đính kèm không có trong bảng kê",
        en: "An attachment is not in the manifest")
    case .manifestWithoutAttachment:
      ClerkSentence(
        vi: "Bảng kê nêu tệp đính kèm nhưng không có tệp",
        en: "The manifest names an attachment that is not there")
    case .missingContentId:
      ClerkSentence(
        vi: "Tệp đính kèm không có ContentId",
        en: "An attachment has no ContentId")
    case .duplicateContentId:
      ClerkSentence(
        vi: "Hai tệp đính kèm cùng một ContentId",
        en: "Two attachments have the same ContentId")
    case .missingAttachmentName:
      ClerkSentence(
        vi: "Tệp đính kèm không có tên",
        en: "An attachment has no name")
    case .unsafeAttachmentName:
      ClerkSentence(
        vi: "Tên tệp đính kèm chứa đường dẫn hoặc ký tự điều khiển",
        en: "An attachment's name holds a path or control characters")
    case .repairedAttachmentName:
      ClerkSentence(
        vi: "Tên tệp đính kèm đã được sửa cho an toàn",
        en: "An attachment's name was made safe")
    case .nameDiffersFromManifest:
      ClerkSentence(
        vi: "Tên tệp khác với bảng kê",
        en: "An attachment's name differs from the manifest")
    case .contentTypeMismatch:
      ClerkSentence(
        vi: "Kiểu khai báo khác với nội dung",
        en: "The declared type is not that of the content")
    case .typeSaysZip:
      ClerkSentence(
        vi: "Khai báo là zip nhưng nội dung không phải zip",
        en: "The type says zip, the content is none")
    case .attachmentNotBase64:
      ClerkSentence(
        vi: "Nội dung tệp đính kèm không phải base64",
        en: "An attachment's content is not base64")
    case .base64Unpadded:
      ClerkSentence(
        vi: "Dấu đệm base64 không đúng",
        en: "The padding of base64 is not right")
    case .base64URLSafe:
      ClerkSentence(
        vi: "Base64 dùng bảng chữ dành cho địa chỉ web",
        en: "Base64 is written in the alphabet for addresses")
    case .attachmentEmpty:
      ClerkSentence(
        vi: "Tệp đính kèm rỗng",
        en: "An attachment is empty")
    case .wrapperDamaged:
      ClerkSentence(
        vi: "Tệp nén bọc ngoài bị hỏng",
        en: "The archive around an attachment is damaged")
    case .wrapperEncrypted:
      ClerkSentence(
        vi: "Tệp nén bọc ngoài có mật khẩu",
        en: "The archive around an attachment is encrypted")
    case .wrapperHoldsMany:
      ClerkSentence(
        vi: "Tệp nén bọc ngoài có nhiều tệp, giữ nguyên tệp nén",
        en: "The archive around an attachment holds several files and is kept as it is")
    case .zipBomb:
      ClerkSentence(
        vi: "Tệp nén giãn nở bất thường",
        en: "An archive unpacks to an unusual size")
    case .attachmentTooLarge:
      ClerkSentence(
        vi: "Tệp đính kèm vượt quá dung lượng cho phép",
        en: "An attachment is larger than allowed")
    case .envelopeSignature:
      ClerkSentence(
        vi: "Phong bì có chữ ký XML, chỉ để tham khảo",
        en: "The envelope carries an XML signature, which is advisory")
    }
  }
}
