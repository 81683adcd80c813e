import Foundation

// What is said of a trace, in a terminal and in a picture.

extension Waterfall {
  /// Of what the end had to wait for that which took a fiftieth of the whole at least; all of it where nothing did.
  public var notableSteps: [Step] {
    let notable = critical.filter { $0.duration * 50 >= trace.duration }
    return notable.isEmpty ? critical : notable
  }

  /// What the end had to wait for, a step each: `timer 10s [6]:4 10.0 s`. Of many the longest, in their order, and how
  /// many are left out that say something together. Empty where one row alone is the longest, as anybody sees.
  ///
  /// - Parameter limit: how many steps are named.
  public func criticalSteps(limit: Int = 8) -> (steps: [String], omitted: Int) {
    let notable = notableSteps
    guard notable.count > 1 else { return ([], 0) }
    let longest = notable.indices.sorted { notable[$0].duration > notable[$1].duration }
    let shown = longest.prefix(limit).sorted().map { notable[$0] }
    let rest = (critical.map(\.duration) + shown.map { .zero - $0.duration }).reduce(.zero, +)
    let steps = shown.map { step in
      let row = rows[step.row]
      let place = Waterfall.place(row.cell, row.line)
      return "\(row.name)\(place.isEmpty ? "" : " \(place)") \(Waterfall.time(step.duration))"
    }
    return (steps, rest * 50 >= trace.duration ? critical.count - shown.count : 0)
  }

  /// `[4]:2` for line 2 of cell 4; empty for what stands in no cell.
  public static func place(_ cell: Int?, _ line: Int?) -> String {
    guard let cell else { return "" }
    return "[\(cell)]" + (line.map { ":\($0)" } ?? "")
  }

  /// A time in as many digits as can be told apart: `0.25 ms`, `250 ms`, `2.5 s`, `250 s`.
  public static func time(_ duration: Duration) -> String {
    let seconds = seconds(duration)
    return switch seconds {
    case 0: "0 ms"
    case ..<0.00995: String(format: "%.2f ms", seconds * 1_000)
    case ..<0.9995: String(format: "%.0f ms", seconds * 1_000)
    case ..<99.95: String(format: "%.1f s", seconds)
    default: String(format: "%.0f s", seconds)
    }
  }

  public static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }
}
