import Fetch
import Foundation
import TestSupport
import Testing

struct CertificateFileTests {
  @Test func whatHoldsCertificatesIsTaken() throws {
    for text in [
      Certificates.authority, "Some words.\n" + Certificates.authority + "\n\n" + Certificates.issued,
      Certificates.authority.replacing("CERTIFICATE", with: "TRUSTED CERTIFICATE"),
    ] {
      let file = try TemporaryFile(text)
      #expect(CertificateFile.problem(at: file.path) == nil)
    }
    #expect(CertificateFile.problem(at: "/etc/ssl/certs/ca-certificates.crt") == nil)
  }

  @Test func whatIsMissingIsSaidToBeSo() {
    #expect(CertificateFile.problem(at: "/nowhere/ca.pem") == "there is no file \"/nowhere/ca.pem\"")
    #expect(CertificateFile.problem(at: "/tmp") == "\"/tmp\" is a folder: name a file of certificates")
  }

  @Test func whatHoldsNoCertificateIsSaidToBeSo() throws {
    for text in ["", "not a certificate", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
      let file = try TemporaryFile(text)
      #expect(
        CertificateFile.problem(at: file.path)
          == "\"\(file.path)\" holds no certificate: it has to be in PEM, with lines -----BEGIN CERTIFICATE-----"
      )
    }
  }

  @Test func aDamagedCertificateIsFoundByItsNumber() throws {
    let whole = Certificates.authority
    for damaged in [
      // A line is missing, a byte is no base64, the end is missing.
      whole.split(separator: "\n").enumerated().filter { $0.offset != 3 }.map(\.element).joined(
        separator: "\n"),
      whole.replacing("MIIB", with: "M*IB"), String(whole.dropLast(60)),
    ] {
      let file = try TemporaryFile(whole + "\n" + damaged)
      #expect(
        CertificateFile.problem(at: file.path) == "certificate 2 of 2 in \"\(file.path)\" is damaged")
    }
  }
}
