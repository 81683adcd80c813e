import ArgumentParser
import Fetch
import Foundation
import KernelCore

/// How the notebook calls others. `docs/http.md` has the figures.
struct CallOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A PEM file of the authorities to trust, in place of the system's and of SSL_CERT_FILE.",
      valueName: "file"), completion: .file(extensions: ["pem", "crt"]))
  var caFile: String?
  @Option(help: "How long a call may take to connect, as 10s, where it says nothing else.")
  var connectTimeout = TimeSpan(CallConfiguration().connectTimeout)
  @Option(help: "Calls at a time; the rest wait for their turn.")
  var callsAtOnce = TransferLimits().connections
  @Option(help: "Calls at a time to each server; the rest wait for their turn.")
  var callsPerHost = TransferLimits().connectionsPerHost
  @Option(help: "The largest body that an answer may have, in bytes; beyond it the call fails.")
  var answerLimit = CallConfiguration().bodyLimit

  func validate() throws {
    for (name, value, least) in [
      ("calls-at-once", callsAtOnce, 1), ("calls-per-host", callsPerHost, 1),
      ("answer-limit", answerLimit, 0),
    ] where value < least || value > Self.most {
      throw ValidationError("--\(name) is \(least) to \(Self.most), not \(value)")
    }
    if connectTimeout.seconds <= 0 { throw ValidationError("--connect-timeout is longer than 0") }
    if let caFile, let problem = CertificateFile.problem(at: caFile) {
      throw ValidationError("--ca-file: \(problem)")
    }
  }

  private static let most = 1 << 40

  func apply(to configuration: inout KernelConfiguration, environment: [String: String]) {
    configuration.calls.certificateFile =
      caFile ?? environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
    configuration.calls.connectTimeout = .nanoseconds(connectTimeout.nanoseconds)
    configuration.calls.limits.connections = callsAtOnce
    configuration.calls.limits.connectionsPerHost = callsPerHost
    configuration.calls.bodyLimit = answerLimit
    configuration.calls.proxies = ProxyRules(environment: environment)
  }
}

extension TimeSpan {
  /// A default of the calls as it stands on the command line.
  fileprivate init(_ duration: Duration) { self.init(seconds: duration / .seconds(1)) }
}
