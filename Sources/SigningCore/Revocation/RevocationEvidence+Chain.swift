public import Foundation

extension RevocationEvidence {
  /// What speaks of the certificates of a path, made by `date`: lists of their issuers, and answers that name them. What
  /// it says is not looked at.
  ///
  /// - Parameter chain: leaf first, each followed by its issuer.
  public func about(_ chain: [Certificate], at date: Date) -> RevocationEvidence {
    let issuers = Set(chain.dropLast().map(\.issuer))
    let links = Array(zip(chain, chain.dropFirst()))
    return RevocationEvidence(
      crls: crls.filter { issuers.contains($0.issuer) && $0.thisUpdate <= date },
      ocspResponses: ocspResponses.filter { response in
        response.producedAt <= date && links.contains { response.entry(for: $0, issuer: $1) != nil }
      })
  }
}
