import NIOCore
import NIOHTTP1

/// Answers `Expect: 100-continue`, which neither NIO nor Hummingbird does; the operator's client waits for it.
///
/// Hummingbird lets handlers in only behind its own codec, so this one moves itself to just behind the HTTP decoder,
/// where a bare status line can be written.
final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head(let head) = Self.unwrapInboundIn(data), head.version.minor >= 1,
      head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" })
    {
      context.writeAndFlush(
        Self.wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
    }
    context.fireChannelRead(data)
  }
}

/// What Hummingbird is given: puts a `ContinueHandler` in its place and steps aside.
final class ContinueInstaller: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(ContinueHandler(), position: .after(decoder))
    } catch {
      // Without the decoder there is no HTTP to answer on this connection.
      context.close(promise: nil)
    }
  }
}
