import Foundation
import Hummingbird
import NIOCore

extension AxisResponder {
  /// The directory; `codes` gives each agency's codes in the form of the operation.
  func agencies(_ codes: (AgencyRecord) -> [String: String]) async throws -> Response {
    let records = try await store.agencies(withDeleted: false)
    return AxisAnswers.good([
      "data": records.map { record in
        [
          "id": String(record.number), "pid": record.parentNumber.map(String.init) ?? "", "name": record.name,
          "mail": record.mail,
        ].merging(codes(record)) { own, _ in own }
      }
    ])
  }

  func synchronizedUnits() async throws -> Response {
    let records = try await store.agencies(withDeleted: true)
    return AxisAnswers.good([
      "data": records.map { record in
        [
          "id": String(record.number), "pid": record.parentNumber.map(String.init) ?? "", "code": record.code,
          "name": record.name, "mail": record.mail, "version": String(record.modified), "centerCode": "",
          "deleted": record.isDeleted ? "1" : "0", "modifyDate": AxisAnswers.time(record.modified), "isAgency": "1",
        ]
      }
    ])
  }

  func registerAgency(_ call: SignedCall, _ request: Request) async throws -> Response {
    let body = try await request.body.collect(upTo: 256 << 10)
    guard let agency = try? JSONDecoder().decode(AgencyForm.self, from: Data(body.readableBytesView)) else {
      throw AxisFailure.wrongParameter("the body must be JSON with code, name and mail")
    }
    guard AxisSystem.isCode(agency.code), !agency.name.isEmpty, !agency.mail.isEmpty, agency.name.utf8.count <= 1000
    else {
      throw AxisFailure.wrongParameter("code, name and mail are required, and the code must be an agency code")
    }
    try await store.register(agency, system: call.systemID, at: milliseconds)
    return AxisAnswers.good()
  }

  func deleteAgency(_ call: SignedCall) async throws -> Response {
    try await store.deleteAgency(try call.required("AgencyCode"), system: call.systemID, at: milliseconds)
    return AxisAnswers.good()
  }
}
