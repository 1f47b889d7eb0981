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
