import NIOHTTP1
import VM

/// What a request, a run of a cell or a tick came to: the fibers and operations that it began, as spans on one time axis,
/// and what each of its fibers waited for. Times are nanoseconds of the kernel's clock.
final class RecordedTrace {
  enum Subject {
    case request(HTTPMethod, target: String)
    case cell(Int)
    case tick(interval: Int)
  }

  struct Span {
    enum Work {
      /// What the trace is of.
      case whole
      case fiber(String)
      case operation(String)
    }

    let work: Work
    /// The place of its parent among the spans.
    let parent: Int
    /// What had to be over before it began.
    let cause: SpanID
    let cell: Int?
    let line: Int?
    let start: Int
    var end: Int?
    var outcome: TracedOutcome?
    /// The status of an answer.
    var status: Int?
    /// The place among `waits` of the one that it is in.
    var openWait: Int?
    /// The request of this notebook that a call led to.
    var served = SpanID.none
  }

  /// A time in which a fiber could not go on.
  struct Wait {
    let span: Int
    let line: Int?
    let cell: Int?
    let start: Int
    var end: Int?
    /// What ended it.
    var cause = SpanID.none
  }

  /// What a person names it by.
  let number: Int
  /// Its first span, as the machine knows it.
  let id: SpanID
  let subject: Subject
  /// The call of this notebook that led to it.
  let caller: SpanID
  /// The first is the whole.
  var spans: [Span]
  var waits: [Wait] = []
  /// Spans and waits that there was no room for.
  var dropped = 0

  init(number: Int, id: SpanID, subject: Subject, cell: Int?, caller: SpanID, start: Int) {
    self.number = number
    self.id = id
    self.subject = subject
    self.caller = caller
    spans = [Span(work: .whole, parent: 0, cause: caller, cell: cell, line: nil, start: start)]
  }

  var isOver: Bool { spans[0].end != nil }
  /// How much memory it takes, in spans and waits.
  var size: Int { spans.count + waits.count }
}
