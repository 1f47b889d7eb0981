import Hummingbird
import Logging
import NIOCore

/// What a request carries along: the connection too, so that a scripted fault can cut it.
struct AxisContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
