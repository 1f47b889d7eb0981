import ClerkPages
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import VietnameseText

extension ClerkServer {
  /// The routes with their guards, as tests call them without a socket.
  static func responder(
    desk: any LetterDesk, pages: PageRenderer, now: @escaping @Sendable () -> Date
  ) -> some HTTPResponder<BasicRequestContext> {
    let answers = PageAnswers(desk: desk, pages: pages, now: now)
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: SecurityHeaders())
    router.add(middleware: PlainFailures(answers: answers))
    router.add(middleware: DoorKeeper(refusal: { answers.refusal($0, $1) }))
    router.get("/") { request, _ in
      let choices = ReaderChoices(request, stages: desk.stages)
      let page = try await desk.list(
        choices.desk(desk, now: now()), filter: choices.filter, page: choices.page)
      return answers.html(try pages.html(page))
    }
    router.get("/letters/:id") { request, context in
      let choices = ReaderChoices(request, stages: desk.stages)
      let id = context.parameters.get("id") ?? ""
      guard id.utf8.count <= 100,
        let page = try await desk.letter(choices.desk(desk, now: now()), id: id)
      else { return answers.message(.notFound, request) }
      return answers.html(try pages.html(page))
    }
    router.get("/health") { _, context in
      do {
        try await desk.checkHealth()
        return answers.health(.ok, "ok")
      } catch {
        context.logger.error("the ledger does not answer", metadata: ["error": "\(error)"])
        return answers.health(.serviceUnavailable, "store-unavailable")
      }
    }
    router.get("/clerk.css") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "max-age=300"],
        body: .init(byteBuffer: ByteBuffer(string: PageRenderer.styleSheet)))
    }
    return router.buildResponder()
  }
}

/// Turns whatever a route throws into a page that says so, and a line for the operator.
struct PlainFailures: RouterMiddleware {
  let answers: PageAnswers

  func handle(
    _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      return answers.message(.notFound, request)
    } catch {
      context.logger.error("a page could not be made", metadata: ["error": "\(error)"])
      return answers.message(.internalServerError, request)
    }
  }
}
