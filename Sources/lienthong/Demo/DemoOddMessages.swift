import AxisClient
import Foundation
import HTTPTransport

/// Messages as they are met in the field: one that is not XML, one with an undeclared prefix and broken content.
struct DemoOddMessages {
  static let notXML = "not-xml"
  static let undeclaredPrefix = "undeclared-prefix"
  static let documentId = "H56.99,2026/11/20,901/SVD-VP"

  let scene: DemoScene
  let axis: String

  func send(until deadline: Date) async throws -> [DemoReport.Other] {
    let account = AxisAccount(endpoint: axis, systemID: scene.agencySystem, secret: scene.agencySecret)
    let connection = AxisConnection(account: account, transport: HTTPClient(), now: { Date() })
    var report: [DemoReport.Other] = []
    for (name, content) in [(Self.notXML, "Đây không phải là XML.\n"), (Self.undeclaredPrefix, prefixFault)] {
      let file = scene.path("letters/\(name).edxml")
      try Data(content.utf8).write(to: file)
      while true {
        let outcome = await connection.sendEdoc(
          file: file.path, from: scene.agencyCode, to: [scene.authorityCode], messageType: .edoc)
        if case .accepted(let docId) = outcome {
          report.append(.init(name: name, transportDocId: docId, outcome: "pending"))
          break
        }
        // The axis may just be starting again.
        guard Date() < deadline else { throw Terminal.fail("the axis does not take \(name): \(outcome)") }
        try await Task.sleep(for: .milliseconds(200))
      }
    }
    return report
  }

  /// An invented message with faults that real senders make: `xlink` not declared, `edXML` used outside its scope,
  /// an attachment that is no base64.
  private var prefixFault: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <edXML xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016">
      <edXML:edXMLEnvelope xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">
        <edXML:edXMLHeader>
          <edXML:MessageHeader>
            <edXML:From><edXML:OrganId>\(scene.agencyCode)</edXML:OrganId><edXML:OrganName>\(scene.agencyName)</edXML:OrganName></edXML:From>
            <edXML:To><edXML:OrganId>\(scene.authorityCode)</edXML:OrganId></edXML:To>
            <edXML:Code><edXML:CodeNumber>901</edXML:CodeNumber><edXML:CodeNotation>SVD-VP</edXML:CodeNotation></edXML:Code>
            <edXML:PromulgationInfo><edXML:Place>Thanh Hóa</edXML:Place><edXML:PromulgationDate>2026-11-20</edXML:PromulgationDate></edXML:PromulgationInfo>
            <edXML:Subject>V/v đề nghị cấp chứng thư số cho cá nhân (gói tin thử có lỗi thường gặp)</edXML:Subject>
            <edXML:ResponseFor><edXML:OrganId></edXML:OrganId><edXML:Code></edXML:Code></edXML:ResponseFor>
            <edXML:DocumentId>\(Self.documentId)</edXML:DocumentId>
          </edXML:MessageHeader>
        </edXML:edXMLHeader>
        <edXML:edXMLBody>
          <edXML:edXMLManifest version="1.0">
            <edXML:Reference xlink:href="">
              <edXML:ContentId>cid:phu-luc-1</edXML:ContentId>
              <edXML:AttachmentName>huong-dan.PDF</edXML:AttachmentName>
            </edXML:Reference>
          </edXML:edXMLManifest>
        </edXML:edXMLBody>
      </edXML:edXMLEnvelope>
      <edXML:AttachmentEncoded>
        <edXML:Attachment>
          <edXML:ContentId>cid:phu-luc-1</edXML:ContentId>
          <edXML:AttachmentName>huong-dan.PDF</edXML:AttachmentName>
          <edXML:ContentType>application/pdf</edXML:ContentType>
          <edXML:ContentTransferEncoded xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016">${noi_dung_mau}</edXML:ContentTransferEncoded>
        </edXML:Attachment>
      </edXML:AttachmentEncoded>
    </edXML>

    """
  }
}
