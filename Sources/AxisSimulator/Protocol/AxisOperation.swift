/// The operations of the protocol, by the last part of the path.
enum AxisOperation: String, CaseIterable {
  case sendEdoc
  case getReceivedEdocList
  case getSentEdocList
  case getEdoc
  case downloadEdoc
  case updateStatus
  case countReceiveEdoc
  case countReceiveStatus
  case getAgenciesList
  case getAgenciesListQD20
  case getSynchronizeUnit
  case registerAgency
  case deleteAgency
}

extension AxisOperation {
  /// The operation by its name in the protocol of `kind`; a provincial gateway offers five.
  init?(rawValue name: String, kind: AxisServerConfiguration.Kind) {
    switch (kind, name) {
    case (.vxp, _): self.init(rawValue: name)
    case (.provincial, "syncReceivedEdocList"): self = .getReceivedEdocList
    case (.provincial, "sendEdoc"), (.provincial, "getEdoc"), (.provincial, "updateStatus"),
      (.provincial, "getAgenciesList"):
      self.init(rawValue: name)
    case (.provincial, _): return nil
    }
  }
}
