import EdXML
import Foundation
import Hummingbird
import Logging
import NIOCore
import SigningCore

/// Answers every call: faults, signature, operation.
struct AxisResponder: HTTPResponder {
  typealias Context = AxisContext

  let store: AxisStore
  let folder: MessageFolder
  let configuration: AxisServerConfiguration
  let systems: [String: AxisSystem]
  let faults: FaultScript?
  let tokens: TokenBook
  let logger: Logger
  let now: @Sendable () -> Date
  let newID: @Sendable () -> String

  var milliseconds: Int { Int(now().timeIntervalSince1970 * 1000) }

  func respond(to request: Request, context: AxisContext) async throws -> Response {
    let name = request.uri.path.split(separator: "/").last.map(String.init) ?? ""
    if configuration.kind == .provincial, name == "login" { return await login(request) }
    guard let operation = AxisOperation(rawValue: name, kind: configuration.kind) else {
      return AxisAnswers.refusal(AxisFailure("10", "no such operation"), status: .notFound)
    }
    guard request.method == .post || request.method == .get else {
      return AxisAnswers.refusal(AxisFailure("10", "only GET and POST"), status: .methodNotAllowed)
    }
    let striking = faults?.faults(for: operation) ?? []
    for fault in striking {
      switch fault.fault {
      case .delay: try await Task.sleep(for: .milliseconds(fault.milliseconds ?? 1000))
      case .loseRequest: return cut(context)
      case .answer:
        return AxisAnswers.refusal(
          AxisFailure(fault.errorCode ?? "20", "scripted fault"),
          status: HTTPResponse.Status(code: fault.httpStatus ?? 200))
      case .loseAnswer, .double: break
      }
    }
    let doubled = striking.contains { $0.fault == .double }
    let response =
      switch configuration.kind {
      case .vxp: await answer(operation, request, doubled: doubled)
      case .provincial: await answerAsGateway(operation, request, doubled: doubled)
      }
    return striking.contains { $0.fault == .loseAnswer } ? cut(context) : response
  }

  private func answer(_ operation: AxisOperation, _ request: Request, doubled: Bool) async -> Response {
    let refusedStatus: HTTPResponse.Status = operation == .downloadEdoc ? .badRequest : .ok
    do {
      let call = try SignedCall(
        headers: request.headers.map { ($0.name.rawName, $0.value) }, systems: systems, now: now(),
        tolerance: configuration.timestampTolerance)
      return try await perform(operation, call, request, doubled: doubled)
    } catch let failure as AxisFailure {
      logger.info(
        "refused", metadata: ["operation": "\(operation)", "code": "\(failure.code)", "why": "\(failure.description)"])
      return AxisAnswers.refusal(failure, status: refusedStatus)
    } catch {
      logger.error("failed", metadata: ["operation": "\(operation)", "error": "\(type(of: error))"])
      return AxisAnswers.refusal(AxisFailure("20", "system error"), status: .internalServerError)
    }
  }

  private func perform(_ operation: AxisOperation, _ call: SignedCall, _ request: Request, doubled: Bool) async throws
    -> Response
  {
    switch operation {
    case .sendEdoc: try await sendEdoc(call, request, doubled: doubled)
    case .getReceivedEdocList: try await receivedList(call)
    case .getSentEdocList: try await sentList(call)
    case .getEdoc: try await getEdoc(call)
    case .downloadEdoc: try await downloadEdoc(call)
    case .updateStatus: try await updateStatus(call)
    case .countReceiveEdoc:
      AxisAnswers.good(["count": try await store.countWaiting(system: call.systemID, messageType: "edoc")])
    case .countReceiveStatus:
      AxisAnswers.good(["count": try await store.countWaiting(system: call.systemID, messageType: "status")])
    case .getAgenciesList:
      try await agencies { record in
        ["code": record.code, "oldCode": AgencyCodeForm.forms(record.code, record.otherCode).qcvn102]
      }
    case .getAgenciesListQD20:
      try await agencies { record in
        let forms = AgencyCodeForm.forms(record.code, record.otherCode)
        return ["code": forms.qd20, "code102": forms.qcvn102]
      }
    case .getSynchronizeUnit: try await synchronizedUnits()
    case .registerAgency: try await registerAgency(call, request)
    case .deleteAgency: try await deleteAgency(call)
    }
  }

  /// Ends the connection without an answer.
  private func cut(_ context: AxisContext) -> Response {
    context.channel.close(promise: nil)
    return Response(status: .ok)
  }
}
